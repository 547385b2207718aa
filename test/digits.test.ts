import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseEventLines } from '../src/shared/run/eventLines.ts';
import { runEngine } from './faults/engineProcess.ts';
import { recordingsFolder } from './recordings.ts';

const recordings = recordingsFolder();
const corpus = join(recordings ?? '', 'digits');

/** Real recordings: four of each digit by one speaker. Memorising them needs every part of training to be right. */
it.skipIf(recordings === undefined)(
  'training on recorded digits learns them by heart',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'digits-'));
    try {
      const chosen = readFileSync(join(corpus, 'train.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { audio_filepath: string })
        .filter(({ audio_filepath }) => /_jackson_[0-3]\.wav$/.test(audio_filepath))
        .map((utterance) => ({ ...utterance, audio_filepath: join(corpus, utterance.audio_filepath) }));
      expect(chosen).toHaveLength(40);
      const manifest = join(directory, 'digits.jsonl');
      writeFileSync(manifest, chosen.map((utterance) => JSON.stringify(utterance)).join('\n'));
      const config = join(directory, 'digits.asr.yaml');
      writeFileSync(
        config,
        JSON.stringify({
          name: 'digits',
          data: { train: ['digits.jsonl'], dev: ['digits.jsonl'] },
          text: { case: 'lower', keep: 'abcdefghijklmnopqrstuvwxyz' },
          augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 } },
          model: {
            blocks: [
              { channels: 16, pool: [2, 2] },
              { channels: 32, pool: [1, 2] },
            ],
            rnn: { hiddenSize: 64, layers: 1, projection: 64 },
            dropout: 0,
          },
          optimizer: { learningRate: 0.003 },
          training: { epochs: 75, batchSeconds: 2.5, threads: 1 },
        }),
      );
      const run = join(directory, 'run');
      const { code, stderr } = await runEngine('train', config, '--run-dir', run);
      expect(code, stderr).toBe(0);
      const events = parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8')).events;
      const evaluations = events.filter((event) => event.kind === 'evaluated');
      expect(evaluations).toHaveLength(75);
      expect(evaluations.at(-1)!.loss).toBeLessThan(evaluations[0]!.loss / 20);
      expect(evaluations.at(-1)!.wer).toBeLessThanOrEqual(0.1);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  240_000,
);
