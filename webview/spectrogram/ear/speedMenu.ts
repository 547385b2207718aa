import { fill } from '../../ui/fill.ts';
import { createMenuButton } from '../../ui/menu.ts';
import type { ViewModel } from '../viewModel.ts';
import { speeds, speedText } from './speeds.ts';

/** A button that says how fast it plays, and its choices. */
export function createSpeedMenu({ state, text }: ViewModel): { element: HTMLElement; show(): void } {
  const menu = createMenuButton({
    class: 'speed-menu',
    label: fill(text.speed, speedText(state.state.speed)),
    text: speedText(state.state.speed),
    items: () =>
      speeds.map((speed) => ({
        kind: 'radio' as const,
        text: speed === 1 ? text.speedNormal : speedText(speed),
        checked: state.state.speed === speed,
        onPress: () => state.update({ speed }),
      })),
  });
  const button = menu.querySelector('vscode-button')!;
  return {
    element: menu,
    show() {
      const name = fill(text.speed, speedText(state.state.speed));
      if (button.getAttribute('aria-label') === name) return;
      button.setAttribute('aria-label', name);
      button.setAttribute('title', name);
      button.querySelector('.button-text')!.textContent = speedText(state.state.speed);
    },
  };
}
