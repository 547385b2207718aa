import type { AudioFigures } from '../../../src/shared/audioFigures.ts';
import type { ViewModel } from '../viewModel.ts';
import { chosenStretch } from './chosenStretch.ts';
import { figuresTsv } from './figureRows.ts';
import type { OutStrings } from './strings.ts';

/** A measurement that is under way. */
export interface Measuring {
  request: number;
  startSec: number;
  endSec: number;
  done: number;
}

/** The stretch that was asked for, and what was found in it. */
export interface Measured {
  startSec: number;
  endSec: number;
  figures: AudioFigures;
}

let nextRequest = 1;

/** Measures the selection, or what is seen; one at a time. The same stretch is not measured again. */
export async function measure(model: ViewModel): Promise<Measured | undefined> {
  const { live, remote, limits } = model;
  const { startSec, endSec } = chosenStretch(model);
  const { measured, measuring } = live.state;
  if (measured?.startSec === startSec && measured.endSec === endSec) return measured;
  if (measuring || limits.durationSec === 0) return undefined;
  const request = nextRequest++;
  live.update({ measuring: { request, startSec, endSec, done: 0 } });
  try {
    const figures = await remote.measure(request, startSec, endSec);
    if (live.state.measuring?.request !== request || !figures) return undefined;
    const found = { startSec, endSec, figures };
    live.update({ measured: found });
    return found;
  } finally {
    if (live.state.measuring?.request === request) live.update({ measuring: undefined });
  }
}

export function cancelMeasuring({ live, remote }: ViewModel): void {
  const { measuring } = live.state;
  if (!measuring) return;
  live.update({ measuring: undefined });
  void remote.cancelMeasuring(measuring.request).catch(() => {});
}

/** Measures where that has not been done, and puts the figures on the clipboard. */
export async function copyFigures(model: ViewModel, text: OutStrings): Promise<boolean> {
  const found = await measure(model);
  if (!found) return false;
  await model.remote.copyText(figuresTsv(found.figures, model.clip.facts.sampleRateHz, text));
  return true;
}
