import { createFeatureExtractor } from '../../dsp/features.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { experimentSchema } from '../../shared/config/schema.ts';
import type { ParsedArguments } from '../arguments.ts';
import { trialLosses, trialTraining } from '../devices/trialTraining.ts';
import { tryDevice } from '../devices/tryDevice.ts';
import type { DeviceName } from '../ort/protocol.ts';
import { type OrtClient, startOrtClient } from '../ortClient.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';
import { engineVersion } from '../version.ts';

interface Check {
  name: string;
  passed: boolean;
  detail: string;
}

type Work = () => Promise<string>;

/**
 * Runs each part once for real; a broken installation shows itself as a failed check, never as a crash later. With
 * `--device` also real training steps there, beside the same steps on the CPU.
 */
export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const checks: Check[] = [];
  const check = async (name: string, work: Work): Promise<boolean> => {
    const result = await work().then(
      (detail) => ({ name, passed: true, detail }),
      (error: unknown) => ({ name, passed: false, detail: error instanceof Error ? error.message : String(error) }),
    );
    checks.push(result);
    terminal.print(`${result.passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(9)} ${result.detail}`);
    return result.passed;
  };
  for (const [name, work] of Object.entries({ resampler, features, runtime, training })) await check(name, work);
  // The table of commands lets only names of devices through.
  const name = args.text('device') as DeviceName | undefined;
  if (name && (await check(name, () => device(name))))
    for (const type of ['conformer', 'crnn'] as const) await check(type, () => trial(name, type));
  const passed = checks.every((check) => check.passed);
  const platform = `${process.platform}-${process.arch}`;
  terminal.print(`engine ${engineVersion()}, Node ${process.versions.node}, ${platform}, ${physicalCores()} cores`);
  terminal.result({
    passed,
    engine: engineVersion(),
    node: process.versions.node,
    platform,
    cores: physicalCores(),
    checks,
  });
  return passed ? 0 : 1;
}

async function resampler(): Promise<string> {
  const output = (await loadResampler()).resample(new Float32Array(8000).fill(0.5), 8000, 16_000);
  const middle = output[8000] ?? Number.NaN;
  if (!(Math.abs(middle - 0.5) < 0.01)) throw new Error(`a constant became ${middle}`);
  return '8 kHz to 16 kHz';
}

async function features(): Promise<string> {
  const extractor = await createFeatureExtractor(experimentSchema.shape.features.parse({}));
  const { frames, bins, data } = extractor.extract(Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 5)));
  if (!data.every(Number.isFinite)) throw new Error('features are not finite');
  return `${frames} frames × ${bins} bins, ${extractor.kernel} kernel`;
}

async function runtime(): Promise<string> {
  const states: string[] = [];
  for (const name of await withClient((client) => client.call('providers'))) {
    const tried = await tryDevice(name);
    if (name === 'cpu' && !tried.works) throw new Error('onnxruntime does not run on the CPU');
    states.push(`${name} ${tried.works ? `works${tried.software ? ' (software)' : ''}` : 'not usable here'}`);
  }
  return `onnxruntime providers: ${states.join(', ')}`;
}

/** Whether a device is there at all, with what to do where it is not. */
async function device(name: DeviceName): Promise<string> {
  const tried = await tryDevice(name);
  if (!tried.works) throw new Error(`${tried.reason}; ${tried.remedy}`);
  return `${name} runs${tried.software ? ', on a software adapter' : ''}`;
}

/** Real training steps on a device beside the same on the CPU. */
async function trial(name: DeviceName, type: 'conformer' | 'crnn'): Promise<string> {
  const { device: found, cpu } = await trialTraining(name, type);
  const apart = Math.max(...found.map((loss, i) => Math.abs(loss / cpu[i]! - 1)));
  const [first, last] = [found[0]!, found.at(-1)!].map((loss) => loss.toFixed(3));
  return `${found.length} steps, loss ${first} → ${last}, at most ${apart.toExponential(1)} from the CPU’s`;
}

async function withClient<T>(work: (client: OrtClient) => Promise<T>): Promise<T> {
  const client = startOrtClient();
  try {
    return await work(client);
  } finally {
    await client.dispose();
  }
}

/** A few steps on one batch of noise: the loss must fall. */
async function training(): Promise<string> {
  const losses = await trialLosses('cpu', 'crnn');
  const [first, last] = [losses[0]!, losses.at(-1)!];
  if (!(last < first)) throw new Error(`the loss went from ${first} to ${last}`);
  return `loss ${first.toFixed(3)} → ${last.toFixed(3)} in ${losses.length} steps`;
}
