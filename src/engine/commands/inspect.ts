import { type AudioInfo, openAudio } from '../../dsp/audioFile.ts';
import type { ByteSource } from '../../dsp/byteSource.ts';
import { UserError } from '../../shared/problem.ts';
import { parseSafetensorsHeader, safetensorsHeaderLength } from '../../shared/run/safetensors.ts';
import { withFile } from '../../training/data/fileSource.ts';
import type { ParsedArguments } from '../arguments.ts';
import { fileError } from '../experimentFile.ts';
import { summarizeOnnx } from '../onnxTensors.ts';
import type { Terminal } from '../terminal.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const file = args.operands[0]!;
  const kind = /\.(safetensors|onnx)$/i.exec(file)?.[1]?.toLowerCase();
  const inspect = kind === 'onnx' ? inspectOnnx : kind === 'safetensors' ? inspectSafetensors : inspectAudio;
  try {
    return await withFile(file, (source) => inspect(source, file, terminal));
  } catch (error) {
    throw fileError(error, file, 'file');
  }
}

async function inspectAudio(source: ByteSource, file: string, terminal: Terminal): Promise<number> {
  let info: AudioInfo;
  try {
    ({ info } = await openAudio(source));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) terminal.report({ ...problem, file });
    terminal.result({ problems: error.problems.map(({ code, message }) => ({ code, message })) });
    return 1;
  }
  const { problems, ...facts } = info;
  for (const [name, value] of Object.entries(facts)) terminal.print(`${name.padEnd(14)}${value}`);
  for (const problem of problems) terminal.report({ ...problem, file });
  terminal.result({ ...facts, problems: problems.map(({ code, message }) => ({ code, message })) });
  return 0;
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

async function inspectOnnx(source: ByteSource, _file: string, terminal: Terminal): Promise<number> {
  const summary = await summarizeOnnx(source);
  terminal.print(`inputs: ${summary.inputs.join(', ')}`);
  terminal.print(`outputs: ${summary.outputs.join(', ')}`);
  list(summary.tensors, terminal);
  terminal.result({ format: 'onnx', ...summary });
  return 0;
}

function list(tensors: readonly { name: string; dtype: string; shape: number[] }[], terminal: Terminal): void {
  for (const { name, dtype, shape } of tensors) terminal.print(`${name}  ${dtype} [${shape.join(', ')}]`);
  const values = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  terminal.print(`${tensors.length} tensors, ${values} values`);
}
