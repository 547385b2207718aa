import { createHash } from 'node:crypto';
import { type Problem, UserError } from '../../shared/problem.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';
import { requireCalibration } from '../model/calibration.ts';
import { chooseDecoding, type Decoding, readNBest } from '../model/chooseDecoding.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { createRecognizer } from '../model/recognizer.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';
import { gatherRecordings, orderByLength, type Wanted } from '../transcribe/gatherRecordings.ts';
import { type HeardFrames, type Recording, type Transcription, transcribeAll } from '../transcribe/transcribeAll.ts';
import { openTranscriptFile, type TranscriptFile } from '../transcribe/transcriptFile.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const wanted = readWanted(args);
  const out = args.text('out');
  if (out === undefined && args.flag('resume')) throw new UserError('--resume goes on with a file: name it with --out');
  const calibration = args.text('calibration');
  const opened = await openModel(args.operands[0]!, terminal.report);
  const model = calibration === undefined ? opened : { ...opened, calibration: await requireCalibration(calibration) };
  const decoding = chooseDecoding(model, args);
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const { recordings, problems } = await gatherRecordings(wanted);
  for (const problem of problems) terminal.report(problem);
  if (recordings.length === 0) throw new UserError('there is no recording (.wav, .flac) to transcribe', problems);
  const job = { model, decoding, nBest: readNBest(args), threads, recordings, problems };
  return out === undefined ? answerAtOnce(job, terminal) : answerInFile(job, out, args.flag('resume'), terminal);
}

function readWanted(args: ParsedArguments): Wanted {
  const [, ...operands] = args.operands;
  const manifest = args.text('manifest');
  const startSec = args.number('start', { min: 0 });
  const endSec = args.number('end', { min: 0 });
  if (operands.length === 0 && manifest === undefined)
    throw new UsageError('transcribe needs recordings, a folder or --manifest; see "asr transcribe --help"');
  if (endSec !== undefined && endSec <= (startSec ?? 0)) throw new UserError('--end must come after --start');
  if (manifest !== undefined && (startSec ?? endSec) !== undefined)
    throw new UserError('--start and --end are for files; a manifest has "offset" and "duration" of its own');
  return { operands, range: { startSec: startSec ?? 0, endSec }, manifest };
}

interface Job {
  model: OpenedModel;
  decoding: Decoding;
  nBest: number;
  threads: number;
  recordings: readonly Recording[];
  /** Found so far. */
  problems: readonly Problem[];
}

interface Outcome {
  failed: Problem[];
  heardSec: number;
  seconds: number;
  frames: HeardFrames;
  stopped: boolean;
}

/** Transcripts in the order asked for, when all are there. */
async function answerAtOnce(job: Job, terminal: Terminal): Promise<number> {
  const results = new Map<Recording, Transcription>();
  const outcome = await hear(job, job.recordings, terminal, (recording, transcription) =>
    results.set(recording, transcription),
  );
  if (results.size === 0) throw new UserError(outcome.failed[0]!.message, outcome.failed);
  const ordered = job.recordings.flatMap((recording) => results.get(recording) ?? []);
  for (const transcription of ordered)
    for (const line of renderTranscription(transcription, job.recordings.length > 1)) terminal.print(line);
  // One recording that cannot be read loses none of the others.
  for (const problem of outcome.failed) terminal.report(problem);
  if (job.recordings.length > 1) terminal.note(renderOutcome(results.size, outcome));
  terminal.result(ordered);
  return outcome.failed.length + job.problems.length > 0 ? 1 : 0;
}

/** Transcripts line by line as they come, so that a call can go on where another ended. */
async function answerInFile(job: Job, out: string, resume: boolean, terminal: Terminal): Promise<number> {
  const file: TranscriptFile = await openTranscriptFile(out, identity(job.model, job.decoding), resume);
  let written = 0;
  let outcome: Outcome;
  const missing = file.missing(job.recordings);
  const before = job.recordings.length - missing.length;
  if (before > 0) terminal.note(`${before} of ${job.recordings.length} recordings are in ${out} already`);
  try {
    outcome = await hear(job, missing, terminal, (_recording, transcription) => {
      file.append(transcription);
      written++;
    });
  } finally {
    await file.close();
  }
  for (const problem of outcome.failed) terminal.report(problem);
  const { failed, heardSec, seconds, frames, stopped } = outcome;
  terminal.print(renderOutcome(written, outcome));
  if (stopped) terminal.note(`stopped; the same call with --resume goes on`);
  terminal.result({
    ...{ out, recordings: job.recordings.length, before, written, failed: failed.length, stopped },
    ...{ audioSec: heardSec, seconds, realTimeFactor: heardSec > 0 ? seconds / heardSec : null },
    paddingShare: paddingOf(frames),
  });
  if (stopped) return 130;
  return failed.length + job.problems.length > 0 ? 1 : 0;
}

async function hear(
  { model, decoding, nBest, threads }: Job,
  recordings: readonly Recording[],
  terminal: Terminal,
  done: (recording: Recording, transcription: Transcription) => void,
): Promise<Outcome> {
  const failed: Problem[] = [];
  const fail = (_recording: Recording, problem: Problem) => failed.push(problem);
  const { ordered, totalSec } = await orderByLength(recordings, model.metadata.features.sampleRateHz, fail);
  let [heardSec, finished, stopped] = [0, 0, false];
  const nothing = { failed, heardSec, seconds: 0, frames: { valid: 0, padded: 0 }, stopped };
  if (ordered.length === 0) return nothing;
  const recognizer = await createRecognizer(model, threads, decoding, { nBest, report: terminal.report });
  const startMs = performance.now();
  const elapsedSec = () => (performance.now() - startMs) / 1000;
  const release = terminal.onInterrupt(() => {
    stopped = true;
  });
  try {
    const { metadata, calibration } = model;
    const listener = { metadata, calibration, decoder: decoding.type, nBest, evaluate: recognizer.evaluate };
    const frames = await transcribeAll(ordered, listener, {
      done(recording, transcription) {
        finished++;
        done(recording, transcription);
      },
      failed: fail,
      progress(sec) {
        heardSec += sec;
        const share = `${finished} of ${ordered.length} recordings, ${renderSpan(heardSec)} of ${renderSpan(totalSec)}`;
        const leftSec = (elapsedSec() * (totalSec - heardSec)) / heardSec;
        terminal.progress(
          `transcribing ${share}, ${(heardSec / elapsedSec()).toFixed(0)} × real time, ${renderSpan(leftSec)} left`,
        );
      },
      stopped: () => stopped,
    });
    return { failed, heardSec, seconds: elapsedSec(), frames, stopped };
  } finally {
    release();
    terminal.progress('');
    await recognizer.dispose();
  }
}

/** The name of a model and a digest of all that decides its text and confidences: equal digests write equal lines. */
function identity(model: OpenedModel, decoding: Decoding): string {
  const hash = createHash('sha256').update(model.bytes);
  const search = decoding.type === 'greedy' ? undefined : model.forDecoder?.();
  if (search) hash.update(search.decoder);
  const { slope, intercept, decoder } = model.calibration ?? {};
  hash.update(JSON.stringify([decoding.type === 'greedy' ? 'greedy' : decoding, slope, intercept, decoder]));
  return `${model.metadata.name} ${hash.digest('hex').slice(0, 12)} ${decoding.type}`;
}

const paddingOf = ({ valid, padded }: HeardFrames) => (padded === 0 ? 0 : 1 - valid / padded);

function renderOutcome(count: number, { heardSec, seconds, frames, failed }: Outcome): string {
  const speed =
    heardSec === 0
      ? ''
      : `, ${renderSpan(heardSec)} of audio in ${renderSpan(seconds)}: real-time factor ${(seconds / heardSec).toFixed(4)}, ` +
        `${(heardSec / seconds).toFixed(0)} × real time, ${(100 * paddingOf(frames)).toFixed(1)} % padding`;
  return `${count} recordings transcribed${failed.length > 0 ? `, ${failed.length} could not be read` : ''}${speed}`;
}

function renderSpan(sec: number): string {
  if (sec < 100) return `${sec.toFixed(sec < 10 ? 1 : 0)} s`;
  return sec < 6000 ? `${(sec / 60).toFixed(1)} min` : `${(sec / 3600).toFixed(1)} h`;
}

function renderTranscription(
  { audioFilepath, text, words, alternatives = [] }: Transcription,
  several: boolean,
): string[] {
  const lines = words.map(
    ({ startSec, endSec, confidence, text: word }) =>
      `  ${startSec.toFixed(2).padStart(8)} ${endSec.toFixed(2).padStart(8)}  ${(100 * confidence).toFixed(0).padStart(3)} %  ${word}`,
  );
  const ranked = alternatives.map(
    ({ score, acousticScore, languageScore, text: other }, i) =>
      `  ${String(i + 1).padStart(3)}. ${score.toFixed(2)} (CTC ${acousticScore.toFixed(2)}, language model ${languageScore.toFixed(2)})  ${other}`,
  );
  return [several ? `${audioFilepath}: ${text}` : text, ...lines, ...ranked];
}
