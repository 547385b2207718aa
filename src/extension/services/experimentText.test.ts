import { expect, test } from 'vitest';
import { checkExperimentText, differingKeys, duplicateConfig, resolvedKeys } from './experimentText.ts';

const written = `# My first try.
name: digits
data: { train: [ train.jsonl ] } # all speakers
training: { epochs: 3 }
`;
const kept = `name: digits
data: { train: [ /w/train.jsonl ], dev: [] }
training: { epochs: 3 }
`;

test('keys are those of the schema, with defaults, and data files are absolute', () => {
  const keys = resolvedKeys(written, '/w')!;
  expect(keys.get('training.epochs')).toBe('3');
  expect(keys.get('data.train')).toBe('["/w/train.jsonl"]');
  expect(keys.get('optimizer.learningRate')).toMatch(/^\d/);
  expect(resolvedKeys('name: [', '/w')).toBeUndefined();
});

test('of two configs only what differs is named', () => {
  const [a, b] = [resolvedKeys(written, '/w')!, resolvedKeys(kept.replace('epochs: 3', 'epochs: 5'), '/')!];
  expect(differingKeys([a, b])).toEqual([{ key: 'training.epochs', values: ['3', '5'] }]);
  expect(differingKeys([a, resolvedKeys(kept, '/elsewhere')!])).toEqual([]);
});

test('a duplicate keeps what the user wrote as long as it is what the run was started with', () => {
  const run = { text: kept, folder: '/w/runs/digits' };
  expect(duplicateConfig('digits-2', run, { text: written, folder: '/w' })).toBe(
    written.replace('name: digits', 'name: digits-2'),
  );
  const edited = { text: written.replace('epochs: 3', 'epochs: 4'), folder: '/w' };
  expect(duplicateConfig('2', run, edited)).toBe(kept.replace('name: digits', 'name: "2"'));
  expect(duplicateConfig('x', run, undefined)).toContain('[ /w/train.jsonl ]');
});

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
