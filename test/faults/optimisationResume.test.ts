import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import { hashFile, runEngine, startEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

const directory = mkdtempSync(join(tmpdir(), 'optimisation-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const eventsOf = (run: string) => {
  const file = join(run, 'events.jsonl');
  return existsSync(file) ? parseEventLines(readFileSync(file, 'utf8')).events : [];
};
const hashesOf = (run: string) => {
  const checkpoints = join(run, 'checkpoints');
  // Which earlier checkpoints are kept depends on when they were taken.
  const names = readdirSync(checkpoints)
    .filter((name) => !name.startsWith('step-'))
    .sort();
  return names
    .flatMap((name) => [name, hashFile(checkpoints, name, 'model.safetensors')])
    .concat(hashFile(checkpoints, 'last/optimizer.safetensors'), hashFile(checkpoints, 'best/optimizer.safetensors'));
};
/** What a run decided, without times. */
const decisionsOf = (run: string) =>
  eventsOf(run).flatMap((event) => {
    if (event.kind === 'evaluated') return [`${event.step} WER ${event.wer} ${event.best}`];
    if (event.kind === 'averaged') return [`average of ${event.epochs.join()} WER ${event.wer} ${event.best}`];
    return [];
  });

const training = { epochs: 4, batchSeconds: 3, checkpointEverySec: 0.2, threads: 1 };
const variants: Record<string, Record<string, unknown>> = {
  'sgd, plateau and the average of the last epochs': {
    optimizer: { type: 'sgd', learningRate: 0.02, nesterov: true },
    schedule: { type: 'plateau', patienceEpochs: 0, factor: 0.3 },
    training: { ...training, averageLast: 3 },
  },
  'a moving average, warm restarts and accumulation': {
    schedule: { type: 'cosineWarmRestarts', t0Epochs: 1, tMult: 3 },
    training: { ...training, emaDecay: 0.9, accumulate: 2 },
  },
  'the average of the best epochs': { training: { ...training, averageBest: 2 } },
};

it.each(Object.keys(variants))(
  'a run with %s that is killed and resumed ends as one that is not',
  async (name) => {
    const folder = join(directory, name.replaceAll(/\W/g, '-'));
    mkdirSync(folder);
    const config = writeToneConfig(folder, 4, { optimizer: { learningRate: 0.01 }, training, ...variants[name] });
    const whole = join(folder, 'whole');
    expect(await runEngine('train', config, '--run-dir', whole)).toMatchObject({ code: 0 });
    const killed = join(folder, 'killed');
    for (const epoch of [1, 2]) {
      const { child, ended } = startEngine(['train', config, '--run-dir', killed, '--resume']);
      const due = () => eventsOf(killed).some((event) => event.kind === 'checkpoint' && event.epoch >= epoch);
      while (!due()) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGKILL');
      expect((await ended).signal).toBe('SIGKILL');
    }
    expect(await runEngine('train', config, '--run-dir', killed, '--resume')).toMatchObject({ code: 0 });
    expect(hashesOf(killed)).toEqual(hashesOf(whole));
    expect(new Set(decisionsOf(killed))).toEqual(new Set(decisionsOf(whole)));
    for (const model of readdirSync(join(killed, 'checkpoints')).filter((each) => /^(epoch|averaged)/.test(each)))
      expect(
        await runEngine('transcribe', join(killed, 'checkpoints', model), join(folder, 'dev/0.wav')),
      ).toMatchObject({
        code: 0,
      });
    // A finished run that is started again has nothing to do, and ends while what it started is still starting.
    const before = hashesOf(whole);
    expect(await runEngine('train', config, '--run-dir', whole, '--resume')).toMatchObject({ code: 0 });
    expect(hashesOf(whole)).toEqual(before);
  },
  240_000,
);
