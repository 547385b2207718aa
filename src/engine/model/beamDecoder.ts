import { type BeamDecoding, type BeamOptions, ctcPrefixBeam } from '../../asr/beam/ctcPrefixBeam.ts';
import { createHotwords } from '../../asr/beam/hotwords.ts';
import { createTextScorer } from '../../asr/beam/textScorer.ts';
import type { NgramModel } from '../../asr/lm/ngramModel.ts';
import { createTokenizer } from '../../asr/tokenizer.ts';
import { normalizeText } from '../../asr/transcript.ts';
import type { Batch } from '../../nn/batch.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import type { Evaluation } from '../../training/executor.ts';
import { readLanguageModel } from '../../training/languageModelFile.ts';

/** Reads text from CTC's log-probabilities by beam search. */
export interface BeamDecoder {
  decode(logProbabilities: Float32Array, frames: number): BeamDecoding;
  /** The same with other weights of the language model. */
  weighed(weights: { lmWeight: number; wordBonus: number }): BeamDecoder;
  /** Of its language model; undefined without one. */
  readonly languageModelOrder: number | undefined;
}

export type BeamExperiment = Pick<Experiment, 'decoding' | 'text'>;

/**
 * What `decoding` asks for, its language model read; undefined where it is no beam. Throws a UserError when the model
 * cannot be read, or a hotword cannot be spelled.
 */
export async function openBeam(
  { decoding, text }: BeamExperiment,
  vocabulary: readonly string[],
  report: (problem: Problem) => void,
  nBest = 1,
): Promise<BeamDecoder | undefined> {
  if (decoding.type !== 'beam') return undefined;
  const spaced = vocabulary.some((unit) => unit.startsWith(' '));
  const file = decoding.languageModel;
  const model = file === null ? undefined : await readLanguageModel(file, report);
  if (model && !spaced) {
    const message = 'this model writes no spaces, so each utterance is one word to the language model';
    report({ code: 'lm-spaces', severity: 'info', message, file: file! });
  }
  if (model) checkWords(model, { file: file!, vocabulary, text }, report);
  const phrases = decoding.hotwords.map((phrase) => spellHotword(phrase, vocabulary, text));
  return createDecoder({ decoding, vocabulary, spaced, nBest, model, phrases });
}

interface DecoderParts {
  decoding: Experiment['decoding'];
  vocabulary: readonly string[];
  spaced: boolean;
  nBest: number;
  model: NgramModel | undefined;
  phrases: readonly string[];
}

function createDecoder(parts: DecoderParts): BeamDecoder {
  const { decoding, vocabulary, spaced, nBest, model, phrases } = parts;
  const { beamWidth, lmWeight, wordBonus, hotwordBoost, blankThreshold } = decoding;
  const scorer = createTextScorer({
    vocabulary,
    wordBonus,
    ...(model ? { languageModel: { model, weight: lmWeight } } : {}),
    ...(phrases.length > 0 ? { hotwords: createHotwords(phrases, hotwordBoost, spaced) } : {}),
  });
  const options: BeamOptions = {
    vocabulary,
    scorer,
    beamWidth,
    nBest,
    ...(blankThreshold < 1 ? { blankThreshold } : {}),
  };
  return {
    decode: (logProbabilities, frames) => ctcPrefixBeam(logProbabilities, frames, options),
    weighed: (weights) => createDecoder({ ...parts, decoding: { ...decoding, ...weights } }),
    languageModelOrder: model?.order,
  };
}

/** A language model in another case or language than the transcripts knows none of their words. */
function checkWords(
  { words }: NgramModel,
  { file, vocabulary, text }: { file: string; vocabulary: readonly string[]; text: Experiment['text'] },
  report: (problem: Problem) => void,
): void {
  const characters = new Set(vocabulary.slice(1).flatMap((unit) => [...unit]));
  const looked = Math.min(words.size, 20_000);
  let spelled = 0;
  for (let word = 0; word < looked; word++)
    if ([...words.textOf(word)].every((character) => characters.has(character))) spelled++;
  // Its three marks are no words.
  if (2 * spelled >= looked - 3) return;
  const message = `${looked - spelled} of its ${looked === words.size ? '' : 'first '}${looked} words have characters that this model never writes (text.case is ${text.case}); as unknown words they count for little`;
  report({ code: 'lm-alphabet', severity: 'warning', message, file });
}

function spellHotword(phrase: string, vocabulary: readonly string[], text: Experiment['text']): string {
  const encoded = createTokenizer(vocabulary, text).encode(phrase);
  if ('problem' in encoded) throw new UserError(`hotword "${phrase}": ${encoded.problem.message.replace(/;.*/, '')}`);
  return normalizeText(phrase, text);
}

type Evaluate = (batch: Batch) => Promise<Evaluation>;

/** Outputs with what a beam reads from each utterance of its own. */
export function withBeam(evaluate: Evaluate, beam: BeamDecoder | undefined): Evaluate {
  if (!beam) return evaluate;
  return async (batch) => {
    const output = await evaluate(batch);
    return { ...output, decoded: eachUtterance(output).map(({ logs, frames }) => beam.decode(logs, frames)) };
  };
}

/** The valid frames of each utterance of a batch, [frames, vocabulary]. */
export function eachUtterance({ logProbabilities, outputFrames, lengths }: Evaluation) {
  const size = logProbabilities.length / (lengths.length * outputFrames || 1);
  return Array.from(lengths, (frames, row) => {
    const from = row * outputFrames * size;
    return { logs: logProbabilities.subarray(from, from + frames * size), frames };
  });
}
