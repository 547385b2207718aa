import { maxSamplesPerPull } from '../../../src/shared/protocol/samples.ts';
import {
  type AugmentPreview,
  type AugmentSide,
  augmentSides,
} from '../../../src/shared/protocol/spectrogramAugment.ts';
import { stretchOf } from '../hand/selection.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { AugmentLoad } from './compareLive.ts';

/** Asks for the clip as training has it, and puts what comes into the live state. */
export interface AugmentSource {
  request(epoch: number): void;
  measured(share: number): void;
  clear(): void;
}

export function createAugmentSource(model: ViewModel): AugmentSource {
  const { remote, state, live, limits } = model;
  /** Counts requests, so that an answer that comes late is not shown. */
  let asked = 0;
  const become = (augmentLoad: AugmentLoad) => live.update({ augmentLoad });
  const ask = async (epoch: number, mine: number): Promise<void> => {
    const stretch = stretchOf(state.state.selection) ?? viewportOf(model);
    const [startSec, endSec] = [Math.max(0, stretch.startSec), Math.min(limits.durationSec, stretch.endSec)];
    const answer = await remote.augment({ epoch, atSec: state.state.cursorSec, startSec, endSec });
    if (mine !== asked) return;
    if (!answer.ok) return become({ kind: 'failed', answer });
    const { preview } = answer;
    const [augmented, plain] = await Promise.all(augmentSides.map((side) => readCells(model, preview, side)));
    if (mine === asked)
      become({ kind: 'loaded', loaded: { preview, cells: { augmented: augmented!, plain: plain! } } });
  };
  return {
    request(epoch) {
      const mine = ++asked;
      const load = live.state.augmentLoad;
      const before = load.kind === 'loaded' ? load.loaded : load.kind === 'loading' ? load.before : undefined;
      become({ kind: 'loading', ...(before ? { before } : {}) });
      ask(epoch, mine).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (mine === asked) become({ kind: 'failed', answer: { ok: false, message, action: 'showLog' } });
      });
    },
    measured(share) {
      const load = live.state.augmentLoad;
      if (load.kind === 'loading') become({ ...load, share });
    },
    clear() {
      asked++;
      become({ kind: 'nothing' });
    },
  };
}

async function readCells({ remote }: ViewModel, preview: AugmentPreview, side: AugmentSide): Promise<Uint8Array> {
  const { bins, lowValue, highValue, sides, id } = preview;
  const { frames } = sides[side];
  const cells = new Uint8Array(frames * bins);
  const gain = 255 / (highValue - lowValue);
  const perPull = Math.max(1, Math.floor(maxSamplesPerPull / bins));
  for (let first = 0; first < frames; first += perPull) {
    const values = new Float32Array(await remote.augmentedCells(id, side, first, Math.min(perPull, frames - first)));
    for (let i = 0; i < values.length; i++)
      cells[first * bins + i] = Math.max(0, Math.min(255, Math.round((values[i]! - lowValue) * gain)));
  }
  return cells;
}
