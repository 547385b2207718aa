/** Everything a key can do with the item that has the focus. */
export type ItemAction =
  | 'previous'
  | 'next'
  | 'first'
  | 'last'
  | 'above'
  | 'below'
  | 'play'
  | 'rename'
  | 'remove'
  | 'split'
  | 'merge'
  | 'add'
  | 'showInText'
  | 'earlier'
  | 'later'
  | 'slightlyEarlier'
  | 'slightlyLater'
  | 'markStart'
  | 'markEnd'
  | 'leave';

interface ItemKeyRow {
  /** Names of `KeyboardEvent.key`, lower case, with `alt+` and `shift+` in front. */
  keys: string[];
  action: ItemAction;
}

export const itemKeyRows: ItemKeyRow[] = [
  { keys: ['arrowleft'], action: 'previous' },
  { keys: ['arrowright'], action: 'next' },
  { keys: ['home'], action: 'first' },
  { keys: ['end'], action: 'last' },
  { keys: ['arrowup'], action: 'above' },
  { keys: ['arrowdown'], action: 'below' },
  { keys: [' '], action: 'play' },
  { keys: ['enter', 'f2'], action: 'rename' },
  { keys: ['m'], action: 'add' },
  { keys: ['d'], action: 'split' },
  { keys: ['j'], action: 'merge' },
  { keys: ['delete', 'backspace'], action: 'remove' },
  { keys: ['t'], action: 'showInText' },
  { keys: ['alt+arrowleft'], action: 'earlier' },
  { keys: ['alt+arrowright'], action: 'later' },
  { keys: ['alt+shift+arrowleft'], action: 'slightlyEarlier' },
  { keys: ['alt+shift+arrowright'], action: 'slightlyLater' },
  { keys: ['alt+arrowup'], action: 'markStart' },
  { keys: ['alt+arrowdown'], action: 'markEnd' },
  { keys: ['escape'], action: 'leave' },
];

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Keys with Ctrl or Cmd are the workbench's: undo, redo and save among them. */
export function itemActionOf(event: Keys): ItemAction | undefined {
  if (event.ctrlKey || event.metaKey) return undefined;
  const name = `${event.altKey ? 'alt+' : ''}${event.shiftKey ? 'shift+' : ''}${event.key.toLowerCase()}`;
  return itemKeyRows.find(({ keys }) => keys.includes(name))?.action;
}
