/** What keys do to what is seen and selected; `handActions.ts` does it. */
export type HandAction =
  | 'zoomBandsIn'
  | 'zoomBandsOut'
  | 'bandsUp'
  | 'bandsDown'
  | 'resetZoom'
  | 'toggleBoxTool'
  | 'nextAxisLock'
  | 'nextSnapMode'
  | 'back'
  | 'forward'
  | 'goToTime'
  | 'extendPageLeft'
  | 'extendPageRight'
  | 'moveSelectionLeft'
  | 'moveSelectionRight'
  | 'swapEnds'
  | 'selectSeen';

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
  | 'brighter'
  | 'darker'
  | 'taller'
  | 'flatter'
  | 'zoomToSelection'
  | HandAction
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
  | 'addLabel'
  | 'measure'
  | 'splitLabel'
  | 'cancel'
  | 'help';

interface KeyRow {
  /** Names of `KeyboardEvent.key`, lower case; with their modifiers in front: `ctrl+`, `alt+`, `shift+`. */
  keys: string[];
  action: KeyAction;
}

/** What keys are about, and those of each; `ctrl` stands for Ctrl, and for Cmd on a Mac. */
export const keyTopics = {
  cursor: [
    { keys: ['arrowleft'], action: 'left' },
    { keys: ['arrowright'], action: 'right' },
    { keys: ['ctrl+arrowleft'], action: 'jumpLeft' },
    { keys: ['ctrl+arrowright'], action: 'jumpRight' },
    { keys: ['home'], action: 'start' },
    { keys: ['end'], action: 'end' },
    { keys: ['arrowup'], action: 'up' },
    { keys: ['arrowdown'], action: 'down' },
    { keys: ['g', 'ctrl+g'], action: 'goToTime' },
  ],
  view: [
    { keys: ['+', '=', 'shift++', 'shift+='], action: 'zoomIn' },
    { keys: ['-', '_', 'shift+_', 'shift+-'], action: 'zoomOut' },
    { keys: ['f'], action: 'zoomToFit' },
    { keys: ['z'], action: 'zoomToSelection' },
    { keys: ['0', 'r'], action: 'resetZoom' },
    { keys: ['pageup'], action: 'pageLeft' },
    { keys: ['pagedown'], action: 'pageRight' },
    { keys: ['ctrl+arrowup'], action: 'zoomBandsIn' },
    { keys: ['ctrl+arrowdown'], action: 'zoomBandsOut' },
    { keys: ['ctrl+shift+arrowup'], action: 'bandsUp' },
    { keys: ['ctrl+shift+arrowdown'], action: 'bandsDown' },
    { keys: ['b'], action: 'toggleBoxTool' },
    { keys: ['k'], action: 'nextAxisLock' },
    { keys: ['alt+arrowleft'], action: 'back' },
    { keys: ['alt+arrowright'], action: 'forward' },
    { keys: [']', 'shift+]'], action: 'brighter' },
    { keys: ['[', 'shift+['], action: 'darker' },
    { keys: ['shift+arrowup'], action: 'taller' },
    { keys: ['shift+arrowdown'], action: 'flatter' },
  ],
  selection: [
    { keys: ['shift+arrowleft'], action: 'extendLeft' },
    { keys: ['shift+arrowright'], action: 'extendRight' },
    { keys: ['ctrl+shift+arrowleft'], action: 'extendJumpLeft' },
    { keys: ['ctrl+shift+arrowright'], action: 'extendJumpRight' },
    { keys: ['shift+pageup'], action: 'extendPageLeft' },
    { keys: ['shift+pagedown'], action: 'extendPageRight' },
    { keys: ['shift+home'], action: 'extendStart' },
    { keys: ['shift+end'], action: 'extendEnd' },
    { keys: ['ctrl+a'], action: 'selectAll' },
    { keys: ['v'], action: 'selectSeen' },
    { keys: ['alt+shift+arrowleft'], action: 'moveSelectionLeft' },
    { keys: ['alt+shift+arrowright'], action: 'moveSelectionRight' },
    { keys: ['x'], action: 'swapEnds' },
    { keys: ['i'], action: 'markStart' },
    { keys: ['o'], action: 'markEnd' },
    { keys: ['s'], action: 'nextSnapMode' },
    { keys: ['e'], action: 'measure' },
  ],
  sound: [
    { keys: [' '], action: 'togglePlayback' },
    { keys: ['shift+ '], action: 'playFromCursor' },
    { keys: ['l'], action: 'toggleLoop' },
    { keys: ['<', 'shift+<'], action: 'slower' },
    { keys: ['>', 'shift+>'], action: 'faster' },
    { keys: [',', 'shift+,'], action: 'scrubLeft' },
    { keys: ['.', 'shift+.'], action: 'scrubRight' },
  ],
  labels: [
    { keys: ['m'], action: 'addLabel' },
    { keys: ['d'], action: 'splitLabel' },
  ],
  general: [
    { keys: ['escape'], action: 'cancel' },
    { keys: ['?', 'shift+?'], action: 'help' },
  ],
} satisfies Record<string, KeyRow[]>;
export type KeyTopic = keyof typeof keyTopics;

export const keyRows: KeyRow[] = Object.values(keyTopics).flat();

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

export function actionOf(event: Keys): KeyAction | undefined {
  const held = `${event.ctrlKey || event.metaKey ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}`;
  const modifiers = `${held}${event.shiftKey ? 'shift+' : ''}`;
  const name = modifiers + event.key.toLowerCase();
  return keyRows.find(({ keys }) => keys.includes(name))?.action;
}
