import { addErrors, characterErrors, errorRate, NO_ERRORS, wordErrors } from '../../asr/errorRate.ts';
import { combineTranscripts } from '../../asr/rover.ts';
import { splitWords } from '../../asr/transcript.ts';
import type { Evaluation } from '../../training/executor.ts';
import type { OpenedModel } from './openModel.ts';
import type { Recognizer } from './recognizer.ts';
import type { Measured, Scorer } from './scoreManifest.ts';

/** One scorer whose log-probabilities are the mean of the models', frame by frame, or why there is none. */
export function averageModels(
  models: readonly OpenedModel[],
  recognizers: readonly Pick<Recognizer, 'evaluate'>[],
  source: string,
): Scorer | { refused: string } {
  const { metadata } = models[0]!;
  for (const part of ['features', 'vocabulary', 'timeStride'] as const) {
    const other = models.find((model) => JSON.stringify(model.metadata[part]) !== JSON.stringify(metadata[part]));
    if (other)
      return {
        refused: `${other.source}: its ${part} differ from those of ${models[0]!.source}; they cannot be averaged`,
      };
  }
  return {
    source,
    metadata,
    async evaluate(batch) {
      const outputs: Evaluation[] = [];
      for (const recognizer of recognizers) outputs.push(await recognizer.evaluate(batch));
      return averageEvaluations(outputs, metadata.vocabulary.length);
    },
  };
}

/** Mean of logarithms, normalised again so that each frame is a distribution. */
function averageEvaluations(outputs: readonly Evaluation[], vocabularySize: number): Evaluation {
  const { logProbabilities, outputFrames, lengths } = outputs[0]!;
  const mean = new Float32Array(logProbabilities.length);
  for (let frame = 0; frame < mean.length; frame += vocabularySize) {
    let total = 0;
    for (let i = frame; i < frame + vocabularySize; i++) {
      const sum = outputs.reduce((all, output) => all + output.logProbabilities[i]!, 0);
      mean[i] = sum / outputs.length;
      total += Math.exp(mean[i]!);
    }
    const shift = Math.log(total);
    for (let i = frame; i < frame + vocabularySize; i++) mean[i]! -= shift;
  }
  return { logProbabilities: mean, outputFrames, lengths };
}

/** The models' transcripts combined by ROVER, the first model's counting most where votes are equal. */
export function combineScores(measured: readonly Measured[]): Measured {
  const byKey = measured.map(({ scores }) => new Map(scores.utterances.map((u) => [u.example.key, u.hypothesis])));
  let words = NO_ERRORS;
  let characters = NO_ERRORS;
  const utterances = measured[0]!.scores.utterances.map(({ example }) => {
    const transcripts = byKey.flatMap((of) => (of.has(example.key) ? [splitWords(of.get(example.key)!)] : []));
    const hypothesis = combineTranscripts(transcripts).join(' ');
    const own = wordErrors(example.text, hypothesis);
    words = addErrors(words, own);
    characters = addErrors(characters, characterErrors(example.text, hypothesis));
    return { example, hypothesis, words: own };
  });
  const scores = { ...measured[0]!.scores, wer: errorRate(words), cer: errorRate(characters), words, utterances };
  const seconds = measured.reduce((sum, part) => sum + part.seconds, 0);
  return { ...measured[0]!, source: 'ROVER of the transcripts', scores, seconds };
}
