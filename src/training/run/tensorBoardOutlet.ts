import { mkdirSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Evaluated } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { type AppendedFile, openAppended } from './appendedFile.ts';
import { audioSecPerSec } from './metricsCsv.ts';
import type { Outlet, Told } from './outlet.ts';
import {
  renderSessionStart,
  renderTensorBoardEvent,
  renderVersion,
  type TensorBoardEvent,
} from './tensorBoardEvents.ts';

/** One event file for each time that the run was started. */
export function openTensorBoard(runDirectory: string): Outlet {
  const directory = join(runDirectory, runFiles.tensorboard);
  let open: AppendedFile | undefined;
  let dropped: number | undefined;
  return {
    append(events) {
      const records = events.map((event) => renderTensorBoardEvent(tensorBoardEvent(event)));
      if (!open) {
        mkdirSync(directory, { recursive: true });
        open = openAppended(join(directory, nextName(directory)));
      }
      if (open.bytes === 0) {
        const { timeMs } = events[0]!;
        records.unshift(renderVersion(timeMs));
        if (dropped !== undefined) records.splice(1, 0, renderSessionStart(timeMs, dropped));
      }
      open.append(Buffer.concat(records));
    },
    dropFrom(step) {
      dropped = step;
    },
    close: () => open?.close(),
  };
}

/** Readers take the files in the order of their names, so a clock that was set back must not bring a later one forward. */
function nextName(directory: string): string {
  const seconds = readdirSync(directory).map((name) => Number(/^events\.out\.tfevents\.(\d+)\./.exec(name)?.[1] ?? 0));
  const second = Math.max(Math.floor(Date.now() / 1000), 1 + Math.max(0, ...seconds));
  return `events.out.tfevents.${String(second).padStart(10, '0')}.${hostname()}.${process.pid}.asr`;
}

function tensorBoardEvent(event: Told): TensorBoardEvent {
  const { timeMs, step } = event;
  if (event.kind === 'evaluated')
    return {
      timeMs,
      step,
      scalars: { 'loss/dev': event.loss, 'wer/dev': event.wer, 'cer/dev': event.cer },
      ...(event.samples.length > 0 ? { texts: { 'samples/dev': sampleTable(event) } } : {}),
    };
  const { components, lossScale } = event;
  return {
    timeMs,
    step,
    scalars: {
      'loss/train': event.loss,
      ...(components ? { 'loss/ctc': components.ctc, 'loss/attention': components.attention } : {}),
      learning_rate: event.learningRate,
      gradient_norm: event.gradientNorm,
      ...(lossScale === undefined ? {} : { loss_scale: lossScale }),
      'speed/audio_sec_per_sec': audioSecPerSec(event),
    },
  };
}

/** Sample transcripts as a Markdown table. */
function sampleTable({ samples }: Evaluated): string {
  const cell = (text: string) => text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ');
  const rows = samples.map(({ reference, hypothesis }) => `| ${cell(reference)} | ${cell(hypothesis)} |`);
  return ['| reference | recognised |', '|---|---|', ...rows].join('\n');
}
