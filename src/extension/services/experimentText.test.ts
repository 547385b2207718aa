import { expect, test } from 'vitest';
import { differingKeys, duplicateConfig, resolvedKeys } from './experimentText.ts';

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
