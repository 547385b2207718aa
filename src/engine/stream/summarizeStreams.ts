import { addErrors, type ErrorCounts, errorRate, NO_ERRORS, wordErrors } from '../../asr/errorRate.ts';
import { splitWords } from '../../asr/transcript.ts';
import type { Distribution, StreamedFile, StreamSummary } from '../../shared/streaming/streamEvents.ts';
import { percentile } from '../../training/gradientNorms.ts';

/** Figures of all files together; error rates are of all words, never means of the files'. */
export function summarizeStreams(files: readonly StreamedFile[], computeMs: readonly number[]): StreamSummary {
  const sum = (of: (file: StreamedFile) => number) => files.reduce((total, file) => total + of(file), 0);
  const audioSec = sum(({ durationSec }) => durationSec);
  const delays = files.flatMap(({ firstPartialMs }) => firstPartialMs ?? []);
  const scored = files.filter(({ reference }) => reference !== undefined);
  const rate = (hypothesis: (file: StreamedFile) => string) =>
    errorRate(total(scored.map((file) => wordErrors(file.reference!, hypothesis(file)))));
  return {
    files: files.length,
    audioSec,
    chunks: computeMs.length,
    computeMs: distribution(computeMs),
    realTimeFactor: audioSec === 0 ? 0 : computeMs.reduce((all, ms) => all + ms, 0) / 1000 / audioSec,
    firstPartialMs: distribution(delays),
    offlineWords: sum(({ offline }) => splitWords(offline).length),
    lostWords: sum(({ words }) => words.filter((w) => w.kind === 'deletion' || w.kind === 'substitution').length),
    lostAtEdges: sum(({ lostAtEdges }) => lostAtEdges),
    werAgainstOffline: errorRate(total(files.map(({ offline, text }) => wordErrors(offline, text)))),
    ...(scored.length > 0 ? { wer: rate(({ text }) => text), offlineWer: rate(({ offline }) => offline) } : {}),
  };
}

const total = (counts: readonly ErrorCounts[]) => counts.reduce(addErrors, NO_ERRORS);

function distribution(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null;
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => percentile(values, share)) as [number, number, number];
  return { p50, p95, max };
}
