import type { Problem } from '../../src/shared/problem.ts';
import type { StreamEnd } from '../../src/shared/protocol/streaming.ts';
import type { StreamEvent, StreamedFile, StreamMode, StreamSummary } from '../../src/shared/streaming/streamEvents.ts';

/** What is known of one play of a recording. */
export interface StreamRun {
  state: 'opening' | 'playing' | StreamEnd['state'];
  /** Why it failed. */
  message: string;
  mode: StreamMode | undefined;
  lookAheadMs: number;
  durationSec: number;
  heardSec: number;
  chunks: { heardSec: number; computeMs: number }[];
  finals: { text: string; startSec: number; endSec: number }[];
  partial: string;
  /** Characters of it that will not change. */
  settledLength: number;
  /** Of each word: from its beginning to its first letters on the page, computing included. */
  wordDelaysMs: number[];
  problems: Problem[];
  file: StreamedFile | undefined;
  summary: StreamSummary | undefined;
  /** Words of the partial text that have been seen. */
  seenWords: number;
}

export const freshRun = (): StreamRun => ({
  state: 'opening',
  message: '',
  mode: undefined,
  lookAheadMs: 0,
  durationSec: 0,
  heardSec: 0,
  chunks: [],
  finals: [],
  partial: '',
  settledLength: 0,
  wordDelaysMs: [],
  problems: [],
  file: undefined,
  summary: undefined,
  seenWords: 0,
});

/** The same run after one more event; lists grow in place, since a long recording has thousands of chunks. */
export function takeEvent(run: StreamRun, event: StreamEvent): StreamRun {
  switch (event.event) {
    case 'model':
      return { ...run, mode: event.mode, lookAheadMs: event.lookAheadMs };
    case 'file':
      return { ...run, state: 'playing', durationSec: event.durationSec };
    case 'chunk':
      run.chunks.push({ heardSec: event.heardSec, computeMs: event.computeMs });
      return { ...run, heardSec: event.heardSec };
    case 'partial':
    case 'final': {
      for (const { startSec } of event.words.slice(run.seenWords))
        run.wordDelaysMs.push(1000 * (event.heardSec - startSec) + event.computeMs);
      if (event.event === 'partial') {
        const seenWords = Math.max(run.seenWords, event.words.length);
        return { ...run, partial: event.text, settledLength: event.settledLength, seenWords };
      }
      run.finals.push({ text: event.text, startSec: event.startSec, endSec: event.endSec });
      return { ...run, partial: '', seenWords: 0 };
    }
    case 'fileEnd':
      return { ...run, file: event };
    case 'summary':
      return { ...run, summary: event };
    case 'problem':
      return { ...run, problems: [...run.problems, event.problem] };
  }
}

export const isGoing = ({ state }: StreamRun): boolean => state === 'opening' || state === 'playing';
