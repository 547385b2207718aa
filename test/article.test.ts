import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseEventLines } from '../src/shared/run/eventLines.ts';
import { runEngine } from './faults/engineProcess.ts';
import { recordingsFolder } from './recordings.ts';

const recordings = recordingsFolder();
const corpus = join(recordings ?? '', 'an4');

/** Preset article as it is: half precision, CTC and attention, warm restarts, and frames too few for most speech. */
it.skipIf(recordings === undefined)(
  "the article's settings train on what is slow enough for them, and name what is not",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'article-'));
    try {
      const lines = readFileSync(join(corpus, 'train.jsonl'), 'utf8').trim().split('\n').slice(0, 120);
      const utterances = lines.map((line) => JSON.parse(line) as { audio_filepath: string });
      const placed = utterances.map((one) => ({ ...one, audio_filepath: join(corpus, one.audio_filepath) }));
      writeFileSync(join(directory, 'train.jsonl'), placed.map((one) => JSON.stringify(one)).join('\n'));
      const config = join(directory, 'article.asr.yaml');
      writeFileSync(
        config,
        'preset: article\ndata: { train: [train.jsonl] }\ntraining: { epochs: 2, batchSeconds: 20, threads: 1 }\n',
      );
      const run = join(directory, 'run');
      const { code, stderr } = await runEngine('train', config, '--run-dir', run);
      expect(code, stderr).toBe(0);
      const { events } = parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8'));
      const problems = events.filter((event) => event.kind === 'problem');
      const tooShort = problems.filter((problem) => problem.code === 'ctc-infeasible');
      const started = events.find((event) => event.kind === 'started')!;
      expect(started.trainUtterances + tooShort.length).toBe(120);
      expect(started.trainUtterances).toBeGreaterThan(5);
      expect(new Set(tooShort.map(({ line }) => line)).size).toBe(tooShort.length);
      expect(problems.map((problem) => problem.code)).toContain('amp-cpu');
      const updates = events.filter((event) => event.kind === 'step');
      expect(updates.length).toBeGreaterThan(1);
      for (const { lossScale, components, loss } of updates) {
        expect(lossScale).toBeLessThanOrEqual(65_536);
        expect(components!.ctc / 2 + components!.attention / 2).toBeCloseTo(loss, 3);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  240_000,
);
