import type { ByteSource } from '../../dsp/byteSource.ts';
import { type AudioInspection, inspectAudio } from '../../dsp/inspectAudio.ts';
import type { ProposedMapping } from '../../shared/config/modelMappingSchema.ts';
import { UserError } from '../../shared/problem.ts';
import { parseSafetensorsHeader, safetensorsHeaderLength } from '../../shared/run/safetensors.ts';
import { withFile } from '../../training/data/fileSource.ts';
import { fileError } from '../../training/fileError.ts';
import type { ParsedArguments } from '../arguments.ts';
import { proposeMapping } from '../imported/proposeMapping.ts';
import { summarizeOnnx } from '../onnxTensors.ts';
import type { Terminal } from '../terminal.ts';

/** Rows for single channels; a microphone array would fill the screen. */
const maxChannelRows = 8;

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const file = args.operands[0]!;
  const kind = /\.(safetensors|onnx)$/i.exec(file)?.[1]?.toLowerCase();
  const inspect = kind === 'onnx' ? inspectOnnx : kind === 'safetensors' ? inspectSafetensors : inspectRecording;
  try {
    return await withFile(file, (source) => inspect(source, file, terminal));
  } catch (error) {
    throw fileError(error, file, 'file');
  }
}

async function inspectRecording(source: ByteSource, file: string, terminal: Terminal): Promise<number> {
  let inspection: AudioInspection;
  try {
    inspection = await inspectAudio(source, file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) terminal.report({ ...problem, file });
    terminal.result({ problems: error.problems.map(({ code, message }) => ({ code, message })) });
    return 1;
  }
  for (const line of renderRecording(inspection)) terminal.print(line);
  for (const problem of inspection.problems) terminal.report({ ...problem, file });
  const { encoding, sampleRateHz, channels, frames, durationSec } = inspection;
  const problems = inspection.problems.map(({ code, message }) => ({ code, message }));
  terminal.result({ encoding, sampleRateHz, channels, frames, durationSec, problems });
  return 0;
}

/** Facts and levels, a line each, values aligned. */
export function renderRecording(inspection: AudioInspection): string[] {
  const { container, encoding, sampleRateHz, channels, frames, durationSec, levels } = inspection;
  const rows: [string, string][] = [
    ['container', containerText(container)],
    ['encoding', encoding],
    ['rate', `${sampleRateHz} Hz`],
    ['channels', String(channels)],
    ['length', `${durationSec.toFixed(3)} s (${frames} samples${channels > 1 ? ' per channel' : ''})`],
  ];
  if (frames > 0) {
    rows.push(['peak', renderLevel(levels.peak)], ['mean level', renderLevel(levels.rms)]);
    if (channels > 1) {
      for (const [index, { peak, rms }] of levels.channels.slice(0, maxChannelRows).entries())
        rows.push([`channel ${index + 1}`, `peak ${renderLevel(peak)}, mean level ${renderLevel(rms)}`]);
    }
    if (channels > maxChannelRows) rows.push(['', `and ${channels - maxChannelRows} more channels`]);
    if (levels.clippedSamples > 0) rows.push(['clipped', `${levels.clippedSamples} samples`]);
  }
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`);
}

/** An amplitude as decibels of full scale. */
function renderLevel(amplitude: number): string {
  if (amplitude === 0) return 'silence';
  // Rounded first and added to 0, so that just under full scale is not -0.0.
  return `${(Math.round(200 * Math.log10(amplitude)) / 10 + 0).toFixed(1)} dBFS`;
}

async function inspectSafetensors(source: ByteSource, file: string, terminal: Terminal): Promise<number> {
  let header: ReturnType<typeof parseSafetensorsHeader>;
  try {
    const length = safetensorsHeaderLength(await source.read(0, 8));
    header = parseSafetensorsHeader(await source.read(0, length), source.size);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UserError(message, [{ code: 'safetensors', severity: 'error', message, file }]);
  }
  const tensors = header.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  list(tensors, terminal);
  terminal.result({ format: 'safetensors', tensors, metadata: header.metadata });
  return 0;
}

async function inspectOnnx(source: ByteSource, file: string, terminal: Terminal): Promise<number> {
  const summary = await summarizeOnnx(source).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, [{ code: 'onnx', severity: 'error', message: error.message, file }]);
  });
  terminal.print(`inputs: ${summary.inputs.join(', ')}`);
  terminal.print(`outputs: ${summary.outputs.join(', ')}`);
  list(summary.tensors, terminal);
  const mapping = await proposeMapping(file, summary);
  for (const line of renderMapping(mapping)) terminal.print(line);
  terminal.result({ format: 'onnx', ...summary, mapping });
  return 0;
}

/** A line per part of a mapping, then what is missing and what stands in its way. */
function renderMapping({ source, file, proposal, reasons, missing, faults }: ProposedMapping): string[] {
  if (source === 'asr-workbench')
    return ['exported here; it needs no mapping', ...faults.map((fault) => `refused: ${fault}`)];
  const known = Object.entries(proposal).map(
    ([key, value]) => `  ${key}: ${JSON.stringify(value)}${reasons[key] ? `  (${reasons[key]})` : ''}`,
  );
  const open = missing.map(
    (key) => `  ${key}: to be ${key in proposal ? 'checked' : 'filled in'}${reasons[key] ? `  (${reasons[key]})` : ''}`,
  );
  return [`how it is read (${file}, by ${source}):`, ...known, ...open, ...faults.map((fault) => `refused: ${fault}`)];
}

function list(tensors: readonly { name: string; dtype: string; shape: number[] }[], terminal: Terminal): void {
  for (const { name, dtype, shape } of tensors) terminal.print(`${name}  ${dtype} [${shape.join(', ')}]`);
  const values = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  terminal.print(`${tensors.length} tensors, ${values} values`);
}

function containerText(container: AudioInspection['container']): string {
  const name = container.toUpperCase();
  return ['flac', 'mp3', 'ogg'].includes(container) ? name : `WAV (${name})`;
}
