import { rateDifferenceInterval95 } from '../../asr/bootstrap.ts';
import type { OpenedModel } from '../model/openModel.ts';
import { createRecognizer } from '../model/recognizer.ts';
import { type Measured, scoreManifest } from '../model/scoreManifest.ts';
import type { Terminal } from '../terminal.ts';

export interface ErrorRates {
  manifest: string;
  utterances: number;
  before: number;
  after: number;
  difference: number;
  /** Of the difference. */
  interval95: [number, number];
  /** Utterances whose transcript changed. */
  changed: number;
}

/** Word error rates of two models on the utterances of a manifest, greedy, and of their difference. */
export async function compareErrorRates(
  before: OpenedModel,
  after: OpenedModel,
  manifest: string,
  threads: number,
  terminal: Terminal,
): Promise<ErrorRates> {
  const [a, b] = [await score(before), await score(after)];
  const texts = new Map(b.scores.utterances.map((one) => [one.example.key, one]));
  const pairs = a.scores.utterances.flatMap((one) => {
    const other = texts.get(one.example.key);
    return other ? [{ before: one, after: other }] : [];
  });
  return {
    manifest,
    utterances: pairs.length,
    before: a.scores.wer,
    after: b.scores.wer,
    difference: b.scores.wer - a.scores.wer,
    interval95: rateDifferenceInterval95(pairs.map((pair) => [pair.before.words, pair.after.words])),
    changed: pairs.filter((pair) => pair.before.hypothesis !== pair.after.hypothesis).length,
  };

  async function score(model: OpenedModel): Promise<Measured> {
    const recognizer = await createRecognizer(model, threads);
    try {
      return await scoreManifest({ ...model, evaluate: recognizer.evaluate }, manifest, terminal);
    } finally {
      await recognizer.dispose();
    }
  }
}
