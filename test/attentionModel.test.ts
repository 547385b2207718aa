import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseEventLines } from '../src/shared/run/eventLines.ts';
import { runEngine } from './faults/engineProcess.ts';
import { writeToneConfig } from './faults/toneCorpus.ts';

/** A decoder that has learnt the tones beside CTC, used through the command line as a user would. */
let directory: string;
let run: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'attention-'));
  run = join(directory, 'run');
  const config = writeToneConfig(directory, 40, {
    augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 1, maxBins: 2 } },
    model: {
      blocks: [{ channels: 8, pool: [2, 2] }],
      rnn: { hiddenSize: 16, layers: 1, projection: 16 },
      dropout: 0,
      attention: {
        enabled: true,
        hiddenSize: 32,
        embeddingSize: 8,
        attentionSize: 16,
        locationChannels: 4,
        locationKernel: 11,
      },
    },
    loss: { ctcWeight: 0.5, labelSmoothing: 0.05 },
    decoding: { type: 'joint', beamWidth: 3 },
  });
  const { code, stderr } = await runEngine('train', config, '--run-dir', run);
  expect(code, stderr).toBe(0);
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Evaluated {
  wer: number;
  cer: number;
  decoder: string;
}

const evaluate = async (...args: string[]): Promise<Evaluated> => {
  const manifest = join(directory, 'dev.jsonl');
  const { code, stdout, stderr } = await runEngine('evaluate', run, '--manifest', manifest, ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Evaluated;
};

it('learns to read unheard utterances, scored during training as evaluate scores them', async () => {
  const { events } = parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8'));
  const best = Math.min(...events.flatMap((event) => (event.kind === 'evaluated' ? [event.wer] : [])));
  for (const { loss, components } of events.filter((event) => event.kind === 'step')) {
    // The events hold what float32 gave.
    expect(loss).toBeCloseTo((components!.ctc + components!.attention) / 2, 3);
  }
  const joint = await evaluate();
  expect(joint.decoder).toBe('joint');
  expect(joint.wer).toBeCloseTo(best, 10);
  expect(joint.cer).toBeLessThan(0.15);
  const attention = await evaluate('--decoder', 'attention', '--beam-width', '3');
  expect(attention.decoder).toBe('attention');
  // Of 60 utterances a decoder alone learns less than CTC does; a fresh one is at 100 % and above.
  expect(attention.cer).toBeLessThan(0.5);
}, 120_000);

it('transcribes with word times, and says where it cannot search', async () => {
  const line = JSON.parse(readFileSync(join(directory, 'dev.jsonl'), 'utf8').split('\n')[0]!);
  const audio = join(directory, line.audio_filepath as string);
  const heard = await runEngine('transcribe', run, audio, '--json');
  const [{ words, endSec }] = JSON.parse(heard.stdout);
  expect(words[0].startSec).toBeGreaterThanOrEqual(0);
  expect(words.at(-1).endSec).toBeLessThanOrEqual(endSec);
  const out = join(directory, 'model.onnx');
  const exported = await runEngine('export', run, '--out', out);
  expect(exported.code, exported.stderr).toBe(0);
  expect(exported.stdout).toContain('it holds CTC alone: its attention decoder stays with the run');
  const refused = await runEngine('transcribe', out, audio, '--decoder', 'joint');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'an exported model holds CTC alone; give its run or a checkpoint to --decoder joint',
  );
}, 120_000);
