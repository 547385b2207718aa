import { resolve } from 'node:path';
import { borrowTimes } from '../../asr/evaluation/alignReportWords.ts';
import type { HeardSet, HeardUtterance } from '../../asr/evaluation/buildReport.ts';
import { splitWords } from '../../asr/transcript.ts';
import { secondsPerOutputFrame, type Word, wordsOf } from '../../asr/words.ts';
import type { ScoredUtterance } from '../../training/evaluate.ts';
import type { Measured } from '../model/scoreManifest.ts';

/** What was measured, with word times, for a report. Combined transcripts take the times of `timed`, the first model's. */
export function heardSet(
  measured: Measured,
  timed: Measured = measured,
  snrDb: ReadonlyMap<string, number> = new Map(),
): HeardSet {
  const { scores, seconds, audioSec, skipped, excluded } = measured;
  const borrowed = new Map(
    measured === timed ? [] : timed.scores.utterances.map((utterance) => [utterance.example.key, utterance]),
  );
  const utterances = scores.utterances.map((utterance): HeardUtterance => {
    const { example, hypothesis } = utterance;
    const { features } = measured.metadata;
    const from = utterance.decoding ? utterance : borrowed.get(example.key);
    const words = from && timedWords(from, utterance.decoding ? measured : timed);
    const snr = snrDb.get(example.key);
    return {
      id: example.key.slice(example.key.indexOf(':') + 1),
      audioFilepath: example.audioFilepath,
      audio: example.range.file,
      offsetSec: example.range.offsetSec ?? 0,
      durationSec: example.samples / features.sampleRateHz,
      ...(example.speaker === undefined ? {} : { speaker: example.speaker }),
      manifest: resolve(example.manifest),
      line: example.line,
      reference: example.text,
      hypothesis,
      ...(snr === undefined ? {} : { snrDb: snr }),
      ...(words ? { heard: utterance.decoding ? words : borrowTimes(splitWords(hypothesis), words) } : {}),
    };
  });
  return { utterances, seconds, audioSec, skipped, excluded };
}

function timedWords({ example, decoding }: ScoredUtterance, { metadata }: Measured): Word[] | undefined {
  if (!decoding) return undefined;
  const { features, timeStride, vocabulary } = metadata;
  return wordsOf(decoding, vocabulary, {
    secondsPerFrame: secondsPerOutputFrame(timeStride, features.hopSamples, features.sampleRateHz),
    offsetSec: example.range.offsetSec ?? 0,
    durationSec: example.samples / features.sampleRateHz,
  });
}
