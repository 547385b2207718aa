import { expect, test } from 'vitest';
import { checkExperimentText } from './experimentText.ts';

/** 500 lines: every block written out, with comments, and as many manifests as it takes. */
function longConfig(): string {
  const head = [
    'version: 1',
    'features: { fftSize: 512, windowSamples: 400, hopSamples: 160, mels: 80 }',
    'model:',
    '  blocks:',
    ...[64, 128, 256].map((channels) => `    - { channels: ${channels}, pool: [1, 2] } # block`),
    'training: { epochs: 40 }',
    'data:',
    '  dev: [dev.jsonl]',
    '  train:',
  ];
  const rest = Array.from({ length: 500 - head.length }, (_, i) => `    - part-${i}/train.jsonl # of the corpus`);
  return [...head, ...rest].join('\n');
}

test('parsing, checking and placing a config of 500 lines takes at most 50 ms', () => {
  const text = longConfig();
  expect(text.split('\n')).toHaveLength(500);
  let fastestMs = Number.POSITIVE_INFINITY;
  // The first ones compile the schema and the code; processor time, since how busy the machine is does not count.
  for (let i = 0; i < 8; i++) {
    const before = process.cpuUsage();
    const { experiment, problems, entries } = checkExperimentText(`${text}\n# ${i}`, 'long.asr.yaml');
    expect(entries().length).toBeGreaterThan(500);
    const { user, system } = process.cpuUsage(before);
    fastestMs = Math.min(fastestMs, (user + system) / 1000);
    expect(experiment?.data.train).toHaveLength(489);
    expect(problems).toEqual([]);
  }
  expect(fastestMs).toBeLessThan(50);
});

test('a text that was just checked is not checked again', () => {
  const text = longConfig();
  expect(checkExperimentText(text, 'a')).toBe(checkExperimentText(text, 'a'));
  expect(checkExperimentText(text, 'a')).not.toBe(checkExperimentText(text, 'b'));
});
