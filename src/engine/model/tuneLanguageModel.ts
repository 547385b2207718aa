import { addErrors, characterErrors, errorRate, NO_ERRORS, wordErrors } from '../../asr/errorRate.ts';
import type { Terminal } from '../terminal.ts';
import { type BeamDecoder, eachUtterance } from './beamDecoder.ts';
import { type Measured, type Scorer, scoreManifest } from './scoreManifest.ts';

export interface TunedWeights {
  lmWeight: number;
  wordBonus: number;
  wer: number;
  cer: number;
}

export interface Tuning {
  measured: Measured;
  /** All that were tried. */
  tried: TunedWeights[];
  best: TunedWeights;
}

const lmWeights = [0, 0.2, 0.4, 0.6, 0.8, 1, 1.3];
const wordBonuses = [0, 0.5, 1, 1.5, 2, 3];

/**
 * Error rates of a manifest over a grid of weights: its outputs are computed once, and each pair of weights searches them
 * anew. Of equals the one with fewer character errors, then with less weight, is the best.
 */
export async function tuneLanguageModel(
  scorer: Scorer,
  beam: BeamDecoder,
  manifest: string,
  terminal: Terminal,
): Promise<Tuning> {
  const outputs: { logs: Float32Array; frames: number }[] = [];
  const keeping: Scorer = {
    ...scorer,
    async evaluate(batch) {
      const output = await scorer.evaluate(batch);
      for (const { logs, frames } of eachUtterance(output)) outputs.push({ logs: logs.slice(), frames });
      return output;
    },
  };
  const measured = await scoreManifest(keeping, manifest, terminal);
  const references = measured.scores.utterances.map(({ example }) => example.text);
  const tried: TunedWeights[] = [];
  for (const lmWeight of lmWeights)
    for (const wordBonus of wordBonuses) {
      terminal.progress(`trying weights ${tried.length + 1}/${lmWeights.length * wordBonuses.length}`);
      // A moment for Ctrl-C between two searches of everything.
      await new Promise((resolve) => setImmediate(resolve));
      tried.push({ lmWeight, wordBonus, ...rate(references, outputs, beam.weighed({ lmWeight, wordBonus })) });
    }
  terminal.progress('');
  const [best] = [...tried].sort((a, b) => a.wer - b.wer || a.cer - b.cer || a.lmWeight - b.lmWeight);
  return { measured, tried, best: best! };
}

function rate(
  references: readonly string[],
  outputs: readonly { logs: Float32Array; frames: number }[],
  beam: BeamDecoder,
): { wer: number; cer: number } {
  let [words, characters] = [NO_ERRORS, NO_ERRORS];
  for (const [i, { logs, frames }] of outputs.entries()) {
    const { text } = beam.decode(logs, frames).alternatives[0]!;
    words = addErrors(words, wordErrors(references[i]!, text));
    characters = addErrors(characters, characterErrors(references[i]!, text));
  }
  return { wer: errorRate(words), cer: errorRate(characters) };
}

/** WER in percent, a row for each weight and a column for each bonus. */
export function renderTuning({ tried, best }: Tuning): string[] {
  const cell = (text: string) => text.padStart(7);
  const rows = lmWeights.map((lmWeight) => [
    String(lmWeight),
    ...tried.filter((one) => one.lmWeight === lmWeight).map(({ wer }) => (100 * wer).toFixed(2)),
  ]);
  return [
    'WER % by lmWeight (rows) and wordBonus (columns)',
    ['', ...wordBonuses.map(String)].map(cell).join(''),
    ...rows.map((row) => row.map(cell).join('')),
    `best: --lm-weight ${best.lmWeight} --word-bonus ${best.wordBonus}: WER ${(100 * best.wer).toFixed(2)} %, CER ${(100 * best.cer).toFixed(2)} %`,
    'these weights fit this manifest: it must be dev data, and the error rate to report is that of other data',
  ];
}
