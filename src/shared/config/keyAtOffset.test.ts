import { expect, it } from 'vitest';
import { keyAtOffset } from './keyAtOffset.ts';

const text = `# A config.
model:
  dropout: 0.3
  rnn: { layers: 2, hiddenSize: 64 }
optimizer:
  learningRate: 1e-3 # peak
`;
const at = (word: string) => keyAtOffset(text, text.indexOf(word) + 1);

it('names the key under an offset, on its name or its value, in either style', () => {
  expect(at('dropout')).toBe('model.dropout');
  expect(at('0.3')).toBe('model.dropout');
  expect(at('hiddenSize')).toBe('model.rnn.hiddenSize');
  expect(at('1e-3')).toBe('optimizer.learningRate');
  expect(at('optimizer')).toBe('optimizer');
  expect(at('A config')).toBe('');
  expect(keyAtOffset('', 0)).toBe('');
  expect(keyAtOffset('- a\n- [', 2)).toBe('');
});
