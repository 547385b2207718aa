import * as path from 'node:path';
import * as vscode from 'vscode';
import { alignTranscript } from '../../../asr/alignTranscript.ts';
import { UserError } from '../../../shared/problem.ts';
import type { FoundLine } from '../../../shared/protocol/listen.ts';
import type { ShownPair, TranscriptItem, TranscriptsProgress } from '../../../shared/protocol/transcripts.ts';
import type { Services } from '../../services/services.ts';
import type { Transcript } from '../../services/transcription.ts';

/** A recording to transcribe, or why a line names none. */
export interface TranscriptSource {
  name: string;
  audio: string;
  startSec: number;
  endSec?: number;
  line?: FoundLine;
  failure?: string;
  /** The word of the reference that was asked for. */
  focusWord?: number;
}

/** What one request transcribes, item by item; what is shown of it is in `items`. */
export interface TranscriptJob {
  readonly id: number;
  readonly title: string;
  readonly sources: readonly TranscriptSource[];
  readonly items: readonly TranscriptItem[];
  model: string;
  progress: TranscriptsProgress;
  readonly onDidChange: vscode.Event<TranscriptItem>;
  readonly onDidProgress: vscode.Event<void>;
  /** Transcribes what waits; one that is running already goes on. */
  run(): Promise<void>;
  cancel(): void;
  /** Puts items back among those that wait: all, or those that have no text. */
  reset(all: boolean): void;
  update(index: number, change: Partial<TranscriptItem>): void;
  dispose(): void;
}

export function createTranscriptJob(
  services: Pick<Services, 'transcription' | 'log'>,
  request: { id: number; title: string; sources: readonly TranscriptSource[]; model: string },
): TranscriptJob {
  const { sources } = request;
  const changed = new vscode.EventEmitter<TranscriptItem>();
  const progressed = new vscode.EventEmitter<void>();
  const items = sources.map(initialItem);
  let cancellation: vscode.CancellationTokenSource | undefined;
  let running: Promise<void> | undefined;
  let busy = false;
  const countDone = () => items.filter(({ state }) => state !== 'waiting' && state !== 'hearing').length;
  const report = (share = 0) => {
    job.progress = { running: busy, done: countDone(), total: items.length, share };
    progressed.fire();
  };
  const work = async (token: vscode.CancellationToken): Promise<void> => {
    for (let index = 0; index < items.length && !token.isCancellationRequested; index++) {
      if (items[index]!.state !== 'waiting') continue;
      job.update(index, { state: 'hearing' });
      report();
      const change = await hear(services, sources[index]!, job.model, { token, progress: report });
      job.update(index, change);
    }
    for (const { state, index } of items) if (state === 'waiting') job.update(index, { state: 'cancelled' });
  };
  const job: TranscriptJob = {
    ...request,
    items,
    progress: { running: false, done: 0, total: items.length, share: 0 },
    onDidChange: changed.event,
    onDidProgress: progressed.event,
    run() {
      cancellation ??= new vscode.CancellationTokenSource();
      busy = true;
      running ??= work(cancellation.token).finally(() => {
        busy = false;
        running = undefined;
        cancellation?.dispose();
        cancellation = undefined;
        report();
      });
      return running;
    },
    cancel: () => cancellation?.cancel(),
    reset(all) {
      for (const item of items)
        if (!sources[item.index]!.failure && (all || item.state !== 'done'))
          job.update(item.index, { ...initialItem(sources[item.index]!, item.index), line: item.line });
    },
    update(index, change) {
      items[index] = { ...items[index]!, ...change };
      changed.fire(items[index]!);
    },
    dispose() {
      cancellation?.cancel();
      changed.dispose();
      progressed.dispose();
    },
  };
  return job;
}

function initialItem(source: TranscriptSource, index: number): TranscriptItem {
  const { name, audio, startSec, endSec, line, failure } = source;
  return {
    ...{ index, name, recording: path.basename(audio), startSec, text: '', pairs: [], inserted: false },
    ...(endSec === undefined ? {} : { endSec }),
    line: line ? (line.hasText ? 'filled' : 'empty') : 'none',
    ...(failure === undefined ? { state: 'waiting' } : { state: 'failed', message: failure }),
  };
}

type Options = Parameters<Services['transcription']['transcribe']>[2];

/** A failure is the item's own: the others go on. */
async function hear(
  { transcription, log }: Pick<Services, 'transcription' | 'log'>,
  source: TranscriptSource,
  model: string,
  options: Options,
): Promise<Partial<TranscriptItem>> {
  const { audio, startSec, endSec } = source;
  try {
    const stretch = { startSec, ...(endSec === undefined ? {} : { endSec }) };
    const heard = await transcription.transcribe(vscode.Uri.file(audio), stretch, { ...options, model });
    return { state: 'done', text: heard.text, endSec: heard.endSec, ...compare(source, heard) };
  } catch (error) {
    if (error instanceof vscode.CancellationError) return { state: 'cancelled' };
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof UserError)) log.asr.error(error instanceof Error ? (error.stack ?? message) : message);
    return { state: 'failed', message };
  }
}

function compare({ line, focusWord }: TranscriptSource, heard: Transcript): Partial<TranscriptItem> {
  if (!line?.hasText) {
    const pairs = heard.words.map(({ text, ...word }): ShownPair => ({ kind: 'heard', hypothesis: text, ...word }));
    return { pairs };
  }
  const { pairs, errors } = alignTranscript(line.text, heard.words, { case: heard.textCase }, heard);
  if (focusWord === undefined) return { pairs, errors };
  // Insertions are no words of the reference.
  let word = -1;
  const focus = pairs.findIndex(({ reference }) => reference !== undefined && ++word === focusWord);
  return { pairs, errors, ...(focus < 0 ? {} : { focus }) };
}
