import { type Problem, UserError } from '../../shared/problem.ts';
import type { StreamEvent, StreamSummary } from '../../shared/streaming/streamEvents.ts';
import type { ParsedArguments } from '../arguments.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { loadUtterances, recordingsOf } from '../stream/scoreStream.ts';
import { type StreamedRecording, streamRecordings } from '../stream/streamRecordings.ts';
import { streamSettings } from '../stream/streamSettings.ts';
import type { Terminal } from '../terminal.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const [modelPath, ...audio] = args.operands;
  const manifest = args.text('manifest');
  if (audio.length === 0 && manifest === undefined)
    throw new UserError('stream needs recordings, or --manifest with utterances; see "asr stream --help"');
  if (args.flag('events') && terminal.json) throw new UserError('--events and --json exclude each other');
  const settings = {
    ...streamSettings(args),
    speed: args.number('speed', { min: 0, max: 100 }) ?? 0,
    // One stream of small windows gains nothing from more.
    threads: args.number('threads', { min: 1, max: 256, integer: true }) ?? 1,
  };
  const model = await openModel(modelPath!, terminal.report);
  const recordings: StreamedRecording[] = audio.map((file) => ({ name: file, range: { file } }));
  if (manifest !== undefined) recordings.push(...(await utterancesOf(model, manifest, terminal)));
  let stopped = false;
  const release = terminal.onInterrupt(() => {
    stopped = true;
  });
  const unread: Problem[] = [];
  const show = args.flag('events') ? printEvents(terminal) : printText(terminal);
  const tell = (event: StreamEvent) => {
    if (event.event === 'problem' && event.problem.severity === 'error') unread.push(event.problem);
    show(event);
  };
  const streamed = await streamRecordings(model, recordings, settings, tell, () => stopped).finally(release);
  terminal.progress('');
  if (!streamed) return 130;
  const { mode, lookAheadMs, files, summary } = streamed;
  if (summary.files === 0) throw new UserError(unread[0]?.message ?? 'nothing was heard');
  const { chunkMs, silenceMs, speed } = settings;
  const heard = files.filter((file) => file !== undefined);
  terminal.result({ model: model.source, mode, chunkMs, lookAheadMs, silenceMs, speed, summary, files: heard });
  return unread.length > 0 ? 1 : 0;
}

async function utterancesOf(model: OpenedModel, manifest: string, terminal: Terminal): Promise<StreamedRecording[]> {
  const set = await loadUtterances(model.metadata, manifest);
  for (const problem of set.problems) terminal.report(problem);
  return recordingsOf(set);
}

const printEvents = (terminal: Terminal) => (event: StreamEvent) => terminal.print(jsonLine(event));

/** Escaped as JSON does, before the terminal would do it in its own way. */
const jsonLine = (event: StreamEvent): string =>
  JSON.stringify(event).replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function printText(terminal: Terminal): (event: StreamEvent) => void {
  return (event) => {
    if (event.event === 'problem') terminal.report(event.problem);
    else if (event.event === 'file') terminal.print(`${event.audioFilepath} (${event.durationSec.toFixed(2)} s)`);
    else if (event.event === 'partial') terminal.progress(`${event.heardSec.toFixed(2)} s … ${event.text}`);
    else if (event.event === 'final')
      terminal.print(
        `  ${event.startSec.toFixed(2).padStart(8)} ${event.endSec.toFixed(2).padStart(8)}  ${event.text}`,
      );
    else if (event.event === 'model')
      terminal.print(
        `${event.mode}, chunks of ${event.chunkMs} ms, look-ahead ${Math.round(event.lookAheadMs)} ms, silence ${event.silenceMs} ms`,
      );
    else if (event.event === 'summary') for (const line of renderSummary(event)) terminal.print(line);
  };
}

function renderSummary(summary: StreamSummary): string[] {
  const { computeMs, firstPartialMs, wer, offlineWer } = summary;
  const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`;
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  return [
    ...(computeMs
      ? [
          `${summary.chunks} chunks: p50 ${ms(computeMs.p50)}, p95 ${ms(computeMs.p95)}, at most ${ms(computeMs.max)} of computing; ${percent(summary.realTimeFactor)} of the audio's time`,
        ]
      : []),
    ...(firstPartialMs
      ? [`first text after the onset of speech: p50 ${ms(firstPartialMs.p50)}, p95 ${ms(firstPartialMs.p95)}`]
      : []),
    `${summary.lostWords} of ${summary.offlineWords} words lost or changed against the whole recording at once, ${summary.lostAtEdges} of them where a chunk ended; WER against it ${percent(summary.werAgainstOffline)}`,
    ...(wer === undefined
      ? []
      : [`WER against the transcripts ${percent(wer)}, of the whole recordings at once ${percent(offlineWer!)}`]),
  ];
}
