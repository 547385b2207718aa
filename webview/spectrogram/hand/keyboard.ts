/** Everything a key can do in the view. */
export type KeyAction =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'jumpLeft'
  | 'jumpRight'
  | 'start'
  | 'end'
  | 'pageLeft'
  | 'pageRight'
  | 'extendLeft'
  | 'extendRight'
  | 'extendJumpLeft'
  | 'extendJumpRight'
  | 'extendStart'
  | 'extendEnd'
  | 'zoomIn'
  | 'zoomOut'
  | 'zoomToFit'
  | 'taller'
  | 'flatter'
  | 'zoomToSelection'
  | 'selectAll'
  | 'markStart'
  | 'markEnd'
  | 'togglePlayback'
  | 'playFromCursor'
  | 'faster'
  | 'slower'
  | 'scrubLeft'
  | 'scrubRight'
  | 'toggleLoop'
  | 'cancel'
  | 'help';

interface KeyRow {
  /** Names of `KeyboardEvent.key`, lower case; with their modifiers in front: `ctrl+`, `shift+`. */
  keys: string[];
  action: KeyAction;
}

/** `ctrl` stands for Ctrl, and for Cmd on a Mac. */
export const keyRows: KeyRow[] = [
  { keys: ['arrowleft'], action: 'left' },
  { keys: ['arrowright'], action: 'right' },
  { keys: ['arrowup'], action: 'up' },
  { keys: ['arrowdown'], action: 'down' },
  { keys: ['ctrl+arrowleft'], action: 'jumpLeft' },
  { keys: ['ctrl+arrowright'], action: 'jumpRight' },
  { keys: ['home'], action: 'start' },
  { keys: ['end'], action: 'end' },
  { keys: ['pageup'], action: 'pageLeft' },
  { keys: ['pagedown'], action: 'pageRight' },
  { keys: ['shift+arrowleft'], action: 'extendLeft' },
  { keys: ['shift+arrowright'], action: 'extendRight' },
  { keys: ['ctrl+shift+arrowleft'], action: 'extendJumpLeft' },
  { keys: ['ctrl+shift+arrowright'], action: 'extendJumpRight' },
  { keys: ['shift+home'], action: 'extendStart' },
  { keys: ['shift+end'], action: 'extendEnd' },
  { keys: ['+', '=', 'shift++', 'shift+='], action: 'zoomIn' },
  { keys: ['-', '_', 'shift+_', 'shift+-'], action: 'zoomOut' },
  { keys: ['f'], action: 'zoomToFit' },
  { keys: ['z'], action: 'zoomToSelection' },
  { keys: ['shift+arrowup'], action: 'taller' },
  { keys: ['shift+arrowdown'], action: 'flatter' },
  { keys: ['ctrl+a'], action: 'selectAll' },
  { keys: ['i'], action: 'markStart' },
  { keys: ['o'], action: 'markEnd' },
  { keys: [' '], action: 'togglePlayback' },
  { keys: ['shift+ '], action: 'playFromCursor' },
  { keys: [',', 'shift+,'], action: 'scrubLeft' },
  { keys: ['.', 'shift+.'], action: 'scrubRight' },
  { keys: ['<', 'shift+<'], action: 'slower' },
  { keys: ['>', 'shift+>'], action: 'faster' },
  { keys: ['l'], action: 'toggleLoop' },
  { keys: ['escape'], action: 'cancel' },
  { keys: ['?', 'shift+?'], action: 'help' },
];

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

export function actionOf(event: Keys): KeyAction | undefined {
  if (event.altKey) return undefined;
  const modifiers = `${event.ctrlKey || event.metaKey ? 'ctrl+' : ''}${event.shiftKey ? 'shift+' : ''}`;
  const name = modifiers + event.key.toLowerCase();
  return keyRows.find(({ keys }) => keys.includes(name))?.action;
}
