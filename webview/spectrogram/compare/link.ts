import type { LinkState, SharedTime } from '../../../src/shared/protocol/spectrogramLinks.ts';
import { clampSelection } from '../hand/selection.ts';
import { clampViewport } from '../hand/viewport.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';

/** The view's part in a shared time: tells what is done here, shows what is done elsewhere. */
export interface Link {
  readonly link: LinkState | undefined;
  /** Once a frame: tells what has been moved here. */
  show(): void;
  changed(link: LinkState | undefined, tell: boolean): void;
  timeShown(time: SharedTime): void;
  playShown(playSec: number | undefined): void;
}

export function createLink(model: ViewModel, relinked: () => void): Link {
  const { state, live, remote, limits } = model;
  let link: LinkState | undefined;
  /** Told or shown last: what is equal to it was not moved here, so nothing comes back as an echo. */
  let settled: SharedTime | undefined;
  let telling = false;
  const here = (): SharedTime => {
    const { cursorSec, selection } = state.state;
    const { startSec, endSec } = viewportOf(model);
    return { startSec, endSec, cursorSec, ...(selection ? { selection } : {}) };
  };
  const tell = () => {
    if (telling || !link || link.partners.length === 0) return;
    const time = here();
    if (settled && isSame(settled, time)) return;
    settled = time;
    telling = true;
    // One at a time: while the extension is busy, only the newest is worth telling.
    const done = () => {
      telling = false;
      tell();
    };
    remote.timeMoved(time).then(done, done);
  };
  let toldPlaySec: number | undefined;
  const tellPlay = () => {
    const { playSec } = live.state;
    if (playSec === toldPlaySec || !link?.linked || link.partners.length === 0) return;
    toldPlaySec = playSec;
    void (playSec === undefined ? remote.playMoved() : remote.playMoved(playSec)).catch(() => {});
  };
  const { link: kept } = state.state;
  const told = kept ? remote.openLink(limits.durationSec, kept) : remote.openLink(limits.durationSec);
  void told.catch(() => {});
  return {
    get link() {
      return link;
    },
    show() {
      tell();
      tellPlay();
    },
    changed(next, lead) {
      link = next;
      if (!next?.linked || next.partners.length === 0) live.update({ linkedPlaySec: undefined });
      const reach = next?.linked ? next.reach : undefined;
      Object.assign(limits, { reach });
      const { group, linked, offsetSec } = next ?? {};
      const kept = group === undefined ? undefined : { group, linked: linked!, offsetSec: offsetSec! };
      const all = state.state.viewport === undefined;
      state.update({ link: kept, ...(all ? {} : { viewport: clampViewport(viewportOf(model), limits) }) });
      if (lead) settled = undefined;
      relinked();
      tell();
    },
    playShown: (linkedPlaySec) => live.update({ linkedPlaySec }),
    timeShown({ startSec, endSec, cursorSec, selection }) {
      state.update({
        viewport: clampViewport({ startSec, endSec }, limits),
        cursorSec: Math.max(0, Math.min(limits.durationSec, cursorSec)),
        selection: clampSelection(selection, limits.durationSec),
      });
      settled = here();
    },
  };
}

function isSame(a: SharedTime, b: SharedTime): boolean {
  return (
    a.startSec === b.startSec &&
    a.endSec === b.endSec &&
    a.cursorSec === b.cursorSec &&
    a.selection?.anchorSec === b.selection?.anchorSec &&
    a.selection?.headSec === b.selection?.headSec
  );
}
