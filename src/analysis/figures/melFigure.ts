import { melCentresHz, melFilters } from '../../dsp/mel.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Figure } from '../../shared/protocol/figure.ts';

/** The weights of the mel filters over the bins of the FFT, each filter relative to its highest. */
export function melFigure({ features }: Experiment): Figure {
  const { mels, firstBin, offset, weights } = melFilters(features);
  const centres = melCentresHz(features);
  const binHz = features.sampleRateHz / features.fftSize;
  const lines: [number, number][][] = [];
  const rows = [];
  for (let band = 0; band < mels; band++) {
    const own = weights.subarray(offset[band]!, offset[band + 1]!);
    const first = firstBin[band]!;
    const highest = own.reduce((most, weight) => Math.max(most, weight), 0);
    const points = Array.from(own, (weight, i): [number, number] => [(first + i) * binHz, weight / highest]);
    if (own.length > 0) lines.push([[(first - 1) * binHz, 0], ...points, [(first + own.length) * binHz, 0]]);
    const range = own.length > 0 ? `${hertz(first * binHz)} to ${hertz((first + own.length - 1) * binHz)}` : 'no bin';
    rows.push([{ text: String(band + 1) }, { text: hertz(centres[band]!) }, { text: range, bad: own.length === 0 }]);
  }
  const empty = mels - lines.length;
  const warning = empty > 0 ? ` ${empty} of them hold no bin and are silent for every sound.` : '';
  return {
    kind: 'melFilters',
    title: `${mels} mel filters`,
    summary: `FFT bins stand ${hertz(binHz)} apart.${warning}`,
    plot: { xLabel: 'frequency (Hz)', yLabel: 'weight of the highest', lines },
    table: { columns: ['band', 'centre', 'bins'], rows },
  };
}

const hertz = (hz: number) => `${Math.round(hz)} Hz`;
