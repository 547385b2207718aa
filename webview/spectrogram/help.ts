import { element } from '../ui/elements.ts';
import { createButton } from '../ui/toolkit.ts';
import { itemKeyRows } from './annotations/itemKeys.ts';
import type { AnnotationStrings } from './annotations/strings.ts';
import { type KeyTopic, keyTopics } from './hand/keyboard.ts';
import type { Strings } from './strings.ts';

const names: Record<string, string> = {
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  pageup: 'Page Up',
  pagedown: 'Page Down',
  home: 'Home',
  end: 'End',
  escape: 'Esc',
  enter: 'Enter',
  delete: 'Delete',
  backspace: 'Backspace',
  ' ': 'Space',
  '-': '−',
};
const mac = navigator.platform.startsWith('Mac');

function keyText(key: string): string {
  const parts = key.length > 1 ? key.split('+') : [key];
  return parts
    .map((part) =>
      part === 'ctrl'
        ? mac
          ? '⌘'
          : 'Ctrl'
        : part === 'alt'
          ? mac
            ? '⌥'
            : 'Alt'
          : part === 'shift'
            ? 'Shift'
            : (names[part] ?? part.toUpperCase()),
    )
    .join(' + ');
}

/** A dialog that lists what keys do, from the same table that the keys go by. */
export function createHelp(
  text: Strings,
  onItem: AnnotationStrings,
  back: () => void,
): { element: HTMLDialogElement; show(): void } {
  const row = (key: string, meaning: string) =>
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, element('kbd', { text: key })),
      element('td', { text: meaning }),
    );
  const topic = (title: string, ...content: HTMLElement[]) =>
    element('section', {}, element('h3', { text: title }), ...content);
  const topics = (Object.keys(keyTopics) as KeyTopic[]).map((name) => {
    const rows = keyTopics[name].map(({ keys, action }) => row(keyText(keys[0]!), text.keys[action]));
    return topic(text.topics[name], element('table', {}, ...rows));
  });
  const mouse = text.mouse.map(({ gesture, does }) => row(gesture, does));
  const dialog = element(
    'dialog',
    { class: 'help', label: text.shortcuts },
    element(
      'div',
      { class: 'help-head' },
      element('h2', { text: text.shortcuts.replace(/\s*[(（].*$/, '') }),
      createButton({ icon: 'close', label: text.close, onPress: () => dialog.close() }),
    ),
    element(
      'div',
      { class: 'help-topics' },
      ...topics,
      topic(text.mouseTopic, element('table', {}, ...mouse)),
      topic(
        onItem.onItem,
        element(
          'table',
          {},
          ...itemKeyRows.map(({ keys, action }) => row(keys.map(keyText).join(' / '), onItem.itemKeys[action])),
        ),
        element('p', { class: 'quiet', text: onItem.mouse }),
      ),
      topic(text.transcribe, element('table', {}, row(keyText('ctrl+enter'), text.transcribeKey))),
    ),
  );
  dialog.addEventListener('close', back);
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return { element: dialog, show: () => (dialog.open ? dialog.close() : dialog.showModal()) };
}
