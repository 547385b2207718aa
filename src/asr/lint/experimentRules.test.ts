import { expect, test } from 'vitest';
import { applySet } from '../../shared/config/applySet.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import { parseExperiment } from '../../shared/config/parseExperiment.ts';
import { experimentRules } from './experimentRules.ts';

const base = 'data: { train: [a.jsonl], dev: [b.jsonl] }\n';
const lint = (text: string) => {
  const parsed = parseExperiment(text, 'x.asr.yaml');
  expect(parsed.problems).toEqual([]);
  return lintExperiment(parsed, 'x.asr.yaml', experimentRules);
};

test('the default preset is clean, and so are the band counts of Whisper', () => {
  expect(lint(base)).toEqual([]);
  expect(lint(`${base}features: { mels: 128, hopSamples: 160 }`)).toEqual([]);
});

test('bands that no FFT bin falls into are named, with a count that has none', () => {
  const text = `${base}features: { fftSize: 128, windowSamples: 128 }`;
  const found = lint(text).filter(({ code }) => code === 'empty-bands');
  expect(found).toMatchObject([{ severity: 'warning', line: 2, column: 1, endColumn: 9 }]);
  expect(found[0]!.message).toContain(
    '14 of 80 mel bands (around 37 Hz, 74 Hz, 186 Hz, …) hold no FFT bin, which stand 125 Hz apart at fftSize 128',
  );
  expect(found[0]!.fix?.set).toEqual({ 'features.mels': '47' });
  const mended = applySet(text, 'features.mels=47');
  expect(lint(mended).map(({ code }) => code)).not.toContain('empty-bands');
  const one = lint(applySet(text, 'features.mels=48')).find(({ code }) => code === 'empty-bands');
  expect(one?.message).toMatch(/^1 of 48 mel bands/);
});

test('where hardly any band has a bin, no count is offered', () => {
  const [found] = lint(`${base}features: { fftSize: 16, windowSamples: 16, lowHz: 100, highHz: 900 }`).filter(
    ({ code }) => code === 'empty-bands',
  );
  expect(found?.message).toMatch(/; use a longer FFT$/);
  expect(found?.fix).toBeUndefined();
});

test("the article's settings: what a key says is found at the preset, what the product does differently is said once", () => {
  const found = lint(`${base}preset: article\n`);
  const codesOf = (severity: string) =>
    found.filter((problem) => problem.severity === severity).map(({ code }) => code);
  expect(codesOf('error')).toEqual(['frame-rate']);
  expect(codesOf('warning')).toEqual(expect.arrayContaining(['ref-max', 'window', 'wide-lstm', 'masks-weak']));
  expect(codesOf('info')).toEqual(
    expect.arrayContaining(['lengths', 'padding', 'feature-order', 'amp-ctc', 'export-static-time', 'result-card']),
  );
  for (const { line } of found) expect(line).toBe(2);
  const mended = lint(`${base}preset: article\nfeatures: { reference: fixed }\n`);
  expect(mended.map(({ code }) => code)).not.toContain('ref-max');
});
