import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../../shared/problem.ts';
import { checkOutput, writeError } from '../../training/fileError.ts';
import { type Appender, openAppender } from '../../training/run/appender.ts';
import type { Recording, Transcription } from './transcribeAll.ts';

/** JSON lines of transcriptions, which grow by whole lines and survive a kill at any moment. */
export interface TranscriptFile {
  /** Recordings that the file lacks, in the order given. */
  missing(recordings: readonly Recording[]): Recording[];
  append(transcription: Transcription): void;
  /** All lines are on the disk afterwards. */
  close(): Promise<void>;
}

/** Between these, lines may be lost with the machine's power, though not with the process. */
const syncEveryMs = 2000;

/**
 * Opens the file for a model, named by `by`, which stands in each line. With `resume` it goes on after the last whole
 * line; a file of another model, or one that is there already without `resume`, is refused with a UserError.
 */
export async function openTranscriptFile(file: string, by: string, resume: boolean): Promise<TranscriptFile> {
  checkOutput(file, 'the transcripts');
  if (!resume && existsSync(file))
    throw new UserError(`${file} is there already; add --resume to go on with it, or name another file`);
  let appender: Appender;
  try {
    appender = openAppender(file);
  } catch (error) {
    throw writeError(error, file, 'the transcripts');
  }
  const done = await readDone(file, by).catch((error: unknown) => {
    appender.close();
    throw error;
  });
  let syncedMs = performance.now();
  let syncing: Promise<void> = Promise.resolve();
  return {
    missing: (recordings) =>
      recordings.filter((recording) => {
        const key = keyOf(recording.audioFilepath, recording.range.offsetSec ?? 0);
        const times = done.get(key) ?? 0;
        if (times > 0) done.set(key, times - 1);
        return times === 0;
      }),
    append(transcription) {
      try {
        appender.append(`${JSON.stringify({ ...transcription, model: by })}\n`);
      } catch (error) {
        throw writeError(error, file, 'the transcripts');
      }
      if (performance.now() - syncedMs < syncEveryMs) return;
      syncedMs = performance.now();
      // What the disk refuses here it refuses again at the end, where it is told.
      syncing = appender.sync().catch(() => undefined);
    },
    async close() {
      try {
        await syncing;
        await appender.sync();
      } catch (error) {
        throw writeError(error, file, 'the transcripts');
      } finally {
        appender.close();
      }
    },
  };
}

const keyOf = (audioFilepath: string, startSec: number) => `${startSec}:${audioFilepath}`;

/** How often each recording is there: a manifest may name one twice. */
async function readDone(file: string, by: string): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  let line = 0;
  const refuse = (message: string) => {
    const problem = { code: 'transcript-line', severity: 'error' as const, message, file, line, column: 1 };
    return new UserError('nothing was transcribed: the file named by --out is another one', [problem]);
  };
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text === '') continue;
    let read: Partial<Transcription & { model: string }>;
    try {
      read = JSON.parse(text) as typeof read;
    } catch {
      throw refuse('this is no line of transcripts; name another file');
    }
    if (typeof read.audioFilepath !== 'string' || typeof read.startSec !== 'number')
      throw refuse('this is no line of transcripts; name another file');
    if (read.model !== by)
      throw refuse(`it was made by "${read.model}" and this is "${by}"; name another file, so that they do not mix`);
    const key = keyOf(read.audioFilepath, read.startSec);
    done.set(key, (done.get(key) ?? 0) + 1);
  }
  return done;
}
