import type { ViewCommand } from '../../src/shared/protocol/spectrogram.ts';
import type { Player } from '../ui/player.ts';
import type { LabelCommands } from './annotations/labelCommands.ts';
import { nextSpeed } from './ear/speeds.ts';
import { cancelMeasuring } from './export/measuring.ts';
import type { OutAction } from './export/outActions.ts';
import type { Hand } from './hand/createHand.ts';
import { handActions } from './hand/handActions.ts';
import type { KeyAction } from './hand/keyboard.ts';
import type { Moves } from './hand/moves.ts';
import { stretchOf } from './hand/selection.ts';
import { fitAll } from './hand/viewport.ts';
import { cancelInspection } from './model/inspection.ts';
import { clampGain } from './picture/levelScale.ts';
import { cancelTranscription, transcribe } from './tracks/transcription.ts';
import type { ViewModel } from './viewModel.ts';

export type Action = KeyAction | ViewCommand | OutAction;

const zoomStep = 1.6;
const smallStepPx = 8;
const largeStepPx = 80;

/** What each key, button and command of the workbench does. */
export function createActions(
  model: ViewModel,
  hand: Hand,
  player: Player,
  labels: LabelCommands,
  showHelp: () => void,
  out: Record<OutAction, () => void>,
) {
  const { state, limits } = model;
  /** Where playing begins: at the end there is nothing left, so it begins anew. */
  const cursorSec = () => (state.state.cursorSec < limits.durationSec - 0.01 ? state.state.cursorSec : 0);
  const { moves, announcer } = hand;
  const showing = (change: () => void) => () => {
    change();
    announcer.sayView();
  };
  const brighten = (db: number) => state.update({ gainDb: clampGain(state.state.gainDb + db) });
  const togglePlayback = () => {
    if (player.playing) return player.stop();
    const stretch = stretchOf(state.state.selection);
    player.play(stretch?.startSec ?? cursorSec(), stretch?.endSec ?? limits.durationSec);
  };
  const scrubBy = (px: number) => {
    moves.moveCursorBy(px);
    player.scrub(state.state.cursorSec);
  };
  const table: Record<Action, () => void> = {
    ...out,
    ...handActions(model, hand),
    left: () => moves.moveCursorBy(-smallStepPx),
    right: () => moves.moveCursorBy(smallStepPx),
    up: () => moves.moveBand(1),
    down: () => moves.moveBand(-1),
    jumpLeft: () => moves.moveCursorBy(-largeStepPx),
    jumpRight: () => moves.moveCursorBy(largeStepPx),
    start: () => moves.moveCursor(0),
    end: () => moves.moveCursor(limits.durationSec),
    pageLeft: showing(() => moves.page(-1)),
    pageRight: showing(() => moves.page(1)),
    extendLeft: () => moves.extendBy(-smallStepPx),
    extendRight: () => moves.extendBy(smallStepPx),
    extendJumpLeft: () => moves.extendBy(-largeStepPx),
    extendJumpRight: () => moves.extendBy(largeStepPx),
    extendStart: () => moves.extendTo(0),
    extendEnd: () => moves.extendTo(limits.durationSec),
    zoomIn: showing(() => moves.zoomBy(zoomStep)),
    zoomOut: showing(() => moves.zoomBy(1 / zoomStep)),
    zoomToFit: showing(() => state.update({ viewport: fitAll(limits), bands: undefined })),
    zoomToSelection: showing(moves.zoomToSelection),
    brighter: () => brighten(3),
    darker: () => brighten(-3),
    taller: () => moves.scaleWaveform(2),
    flatter: () => moves.scaleWaveform(0.5),
    selectAll: () => moves.select({ startSec: 0, endSec: limits.durationSec }),
    markStart: () => moves.mark('start'),
    markEnd: () => moves.mark('end'),
    togglePlayback,
    playFromCursor: () => player.play(cursorSec(), limits.durationSec),
    faster: () => state.update({ speed: nextSpeed(state.state.speed, 1) }),
    slower: () => state.update({ speed: nextSpeed(state.state.speed, -1) }),
    scrubLeft: () => scrubBy(-smallStepPx),
    scrubRight: () => scrubBy(smallStepPx),
    toggleLoop: () => state.update({ loop: !state.state.loop }),
    addLabel: () => labels.add(),
    splitLabel: () => labels.split(),
    cancel: () => cancel(model, player, moves),
    help: showHelp,
    transcribeSelection: () => void transcribe(model),
  };
  return (action: Action): void => table[action]();
}

/** What goes on last is stopped first. */
function cancel(model: ViewModel, player: Player, moves: Moves): void {
  const { live } = model;
  if (player.playing) player.stop();
  else if (live.state.transcribing) cancelTranscription(model);
  else if (live.state.inspecting) cancelInspection(model);
  else if (live.state.measuring) cancelMeasuring(model);
  else if (live.state.failure) live.update({ failure: undefined });
  else if (live.state.inspectionFailure) live.update({ inspectionFailure: undefined });
  else if (live.state.boxTool) live.update({ boxTool: false });
  else moves.select(undefined);
}
