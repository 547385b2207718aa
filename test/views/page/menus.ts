import { createMenuButton } from '../../../webview/ui/menu.ts';

/** A page with one menu; `pressed` is what was chosen. */
const pressed: string[] = [];
const shown = { words: true, labels: false };
let size = 'small';
const button = createMenuButton({
  icon: 'export',
  text: 'Things',
  label: 'Things to do',
  items: () => [
    { kind: 'command', text: 'Save', icon: 'save', keys: 'Ctrl+S', onPress: () => pressed.push('save') },
    { kind: 'command', text: 'Send', disabled: true, title: 'Nobody is there', onPress: () => pressed.push('send') },
    { kind: 'heading', text: 'Lanes' },
    ...(['words', 'labels'] as const).map((name) => ({
      ...{ kind: 'checkbox' as const, text: name, checked: shown[name] },
      onPress: () => {
        shown[name] = !shown[name];
      },
    })),
    { kind: 'separator' },
    ...['small', 'large'].map((name) => ({
      ...{ kind: 'radio' as const, text: name, checked: size === name },
      onPress: () => {
        size = name;
      },
    })),
  ],
});
document.body.append(button, Object.assign(document.createElement('button'), { textContent: 'Elsewhere' }));
Object.assign(window, { menus: { pressed, shown, size: () => size } });
