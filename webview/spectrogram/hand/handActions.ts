import { formatTime } from '../../ui/axisText.ts';
import { fill } from '../../ui/fill.ts';
import type { ViewModel } from '../viewModel.ts';
import type { Hand } from './createHand.ts';
import type { HandAction } from './keyboard.ts';
import { stretchOf } from './selection.ts';
import { snapModes } from './snap.ts';
import { axisLocks } from './zoomPan.ts';

const zoomStep = 1.6;
const stepPx = 8;
/** How far a step moves along the frequency axis, as a share of what is seen. */
const stepShare = 0.15;

/** What keys, buttons and commands do to what is seen and selected. */
export function handActions({ state, live }: ViewModel, hand: Hand): Record<HandAction, () => void> {
  const { moves, zoomPan, backForward, announcer, text } = hand;
  const showing = (change: () => void) => () => {
    change();
    announcer.sayView();
  };
  const selecting = (change: () => void) => () => {
    change();
    const stretch = stretchOf(state.state.selection);
    announcer.say(
      stretch ? fill(text.selected, formatTime(stretch.startSec), formatTime(stretch.endSec)) : text.nothingSelected,
    );
  };
  const go = (direction: 'back' | 'forward') => () => {
    if (!backForward.can(direction)) return announcer.say(text.noView[direction]);
    backForward.go(direction);
    announcer.sayView();
  };
  const after = <T>(all: readonly T[], one: T): T => all[(all.indexOf(one) + 1) % all.length]!;
  return {
    zoomBandsIn: showing(() => moves.zoomBandsBy(zoomStep)),
    zoomBandsOut: showing(() => moves.zoomBandsBy(1 / zoomStep)),
    bandsUp: showing(() => moves.scrollBands(stepShare)),
    bandsDown: showing(() => moves.scrollBands(-stepShare)),
    resetZoom: showing(zoomPan.reset),
    toggleBoxTool() {
      live.update({ boxTool: !live.state.boxTool });
      announcer.say(live.state.boxTool ? text.boxTool : text.boxToolOff);
    },
    nextAxisLock() {
      const axisLock = after(axisLocks, state.state.axisLock);
      state.update({ axisLock });
      announcer.say(`${text.axes}: ${text.axisLocks[axisLock]}`);
    },
    nextSnapMode() {
      const snap = after(snapModes, state.state.snap);
      state.update({ snap });
      announcer.say(`${text.snapping}: ${text.snapModes[snap]}`);
    },
    back: go('back'),
    forward: go('forward'),
    goToTime: hand.goTo.open,
    extendPageLeft: selecting(() => moves.extendPage(-1)),
    extendPageRight: selecting(() => moves.extendPage(1)),
    moveSelectionLeft: selecting(() => moves.moveSelection(-stepPx)),
    moveSelectionRight: selecting(() => moves.moveSelection(stepPx)),
    swapEnds: moves.swapEnds,
    selectSeen: selecting(moves.selectSeen),
  };
}
