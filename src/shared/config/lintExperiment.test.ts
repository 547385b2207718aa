import { expect, test } from 'vitest';
import { applySet } from './applySet.ts';
import { outputFramesPerSec, timeStride } from './derived.ts';
import { configRules, lintExperiment, pooledBins } from './lintExperiment.ts';
import { parseExperiment } from './parseExperiment.ts';

const base = 'data: { train: [a.jsonl], dev: [b.jsonl] }\n';
const lint = (text: string) => {
  const parsed = parseExperiment(text, 'x.asr.yaml');
  expect(parsed.problems).toEqual([]);
  return lintExperiment(parsed, 'x.asr.yaml');
};
const codes = (text: string) => lint(text).map(({ code, severity }) => `${severity} ${code}`);

const article = `${base}features: { fftSize: 2048, windowSamples: 2048, hopSamples: 512, reference: max, topDb: 80, scale: minusOneToOne, normalization: none }
model: { norm: none, blocks: [{ channels: 64, pool: [2, 2] }, { channels: 128, pool: [2, 2] }, { channels: 256, pool: [2, 2] }], rnn: { layers: 1, projection: 0 } }
`;

test('the default preset is clean', () => {
  expect(lint(base)).toEqual([]);
});

test("the article's settings fire every rule they break", () => {
  expect(codes(article)).toEqual([
    'error frame-rate',
    'warning ref-max',
    'warning window',
    'warning wide-lstm',
    'info vgg-single',
    'info dropout-1layer',
    'warning masks-weak',
  ]);
  const [frameRate] = lint(article);
  expect(frameRate).toMatchObject({ file: 'x.asr.yaml', line: 2, column: 61 });
  expect(frameRate!.message).toContain('3.9 output frames/s (hop 32 ms × time stride 8)');
});

test('applying every offered fix leaves only what has none', () => {
  let text = article;
  for (const { fix } of lint(article)) {
    for (const [key, value] of Object.entries(fix?.set ?? {})) text = applySet(text, `${key}=${value}`);
  }
  expect(codes(text)).toEqual(['info dropout-1layer']);
});

const cases: Record<string, { bad: string[]; good: string[] }> = {
  'frame-rate': {
    bad: ['features.hopSamples=320', 'model.blocks.2.pool=[2, 2]'],
    good: ['features.hopSamples=240'],
  },
  'ref-max': { bad: ['features.reference=max'], good: ['features.topDb=80'] },
  window: {
    bad: ['features={ fftSize: 2048, windowSamples: 1100 }', 'features.windowSamples=159'],
    good: ['features={ fftSize: 1024, windowSamples: 1024 }', 'features.windowSamples=320'],
  },
  'name-mfcc': {
    bad: ['features.type=mfcc', 'features={ type: mfcc, cepstra: 40 }'],
    good: ['features.type=fbank'],
  },
  'hop-gap': { bad: ['features={ windowSamples: 200, hopSamples: 240 }'], good: ['features.hopSamples=200'] },
  'wide-lstm': { bad: ['model.rnn.projection=0'], good: ['model.rnn.projection=64'] },
  'vgg-single': {
    bad: ['model.blocks=[{ channels: 64, pool: [2, 2] }, { channels: 64, pool: [2, 2] }]'],
    good: [
      'model={ convolutionsPerBlock: 2, blocks: [{ channels: 64, pool: [2, 2] }, { channels: 64, pool: [2, 2] }] }',
    ],
  },
  'dropout-1layer': { bad: ['model.rnn.layers=1'], good: ['model={ dropout: 0, rnn: { layers: 1 } }'] },
  'masks-weak': {
    bad: ['augment.timeMasks.maxMs=39', 'augment.policy=switchboardMild\nfeatures.hopSamples=4000'],
    good: ['augment.timeMasks.maxMs=40', 'augment.timeMasks={ count: 0, maxMs: 0 }'],
  },
  'masks-strong': {
    bad: [
      'augment.frequencyMasks.maxBins=27',
      'augment.frequencyMasks={ maxBins: 27, maxShare: 0.6 }',
      'augment.timeMasks.count=11',
    ],
    good: ['augment.frequencyMasks.count=0', 'augment.policy=switchboardStrong'],
  },
  'policy-keys': {
    bad: [
      'augment={ policy: libriSpeechBasic, timeMasks: { count: 1 } }',
      'augment={ policy: switchboardMild, frequencyMasks: { maxShare: 0.6 } }',
      'augment={ policy: switchboardStrong, timeWarpMs: 100 }',
    ],
    good: ['augment={ policy: libriSpeechDouble, timeMasks: { maxShare: 0.2 } }', 'augment.timeWarpMs=100'],
  },
  'noise-off': {
    bad: ['augment.noise.files=[noise.wav]'],
    good: ['augment.noise={ files: [noise.wav], probability: 0.1 }', 'augment.noise.probability=0.5'],
  },
  'gain-void': {
    bad: ['augment.gainDb=[-6, 6]\nfeatures.normalization=utterance', 'augment.gainDb=[0, 6]\nfeatures.reference=max'],
    good: ['augment.gainDb=[-6, 6]', 'features.normalization=utterance'],
  },
  'amp-cpu': {
    bad: ['training={ precision: fp16, device: cpu }'],
    good: ['training.precision=fp16', 'training.device=cpu'],
  },
  'decoder-untrained': {
    bad: ['model={ attention: { enabled: true } }'],
    good: [],
  },
  'ctc-smoothing': { bad: ['loss.labelSmoothing=0.1'], good: ['loss.labelSmoothing=0'] },
  'no-dev': { bad: ['data.dev=[]'], good: [] },
  'split-leak': { bad: ['data.dev=[c.jsonl, a.jsonl]'], good: ['data.dev=[c.jsonl]'] },
  'no-space': { bad: ['text.keep=ABC'], good: ['text.keep=零一二', 'text.keep="AB "'] },
  'speed-range': { bad: ['augment.speed=[0.7, 1]', 'augment.speed=[1.1, 1.2]'], good: ['augment.speed=[0.9, 1.1]'] },
  'no-normalization': { bad: ['features.normalization=none'], good: ['features.normalization=utterance'] },
};

test('every rule has a case', () => {
  expect(Object.keys(cases).sort()).toEqual(configRules.map(({ code }) => code).sort());
});

const withModelBlocks = `${base}model: { blocks: [{ channels: 64, pool: [2, 2] }, { channels: 128, pool: [2, 2] }, { channels: 256, pool: [1, 2] }] }\n`;

test.each(Object.entries(cases))('%s fires when it should and only then', (code, { bad, good }) => {
  const codesWith = (changes: string) => codes(changes.split('\n').reduce(applySet, withModelBlocks)).join();
  for (const change of bad) expect(codesWith(change), change).toContain(code);
  for (const change of good) expect(codesWith(change), change).not.toContain(code);
});

test('pieces of words need fewer frames than characters, a small vocabulary of them hardly fewer', () => {
  const slow = applySet(withModelBlocks, 'model.blocks.2.pool=[2, 2]');
  const fired = (tokenizer: string) =>
    lint(applySet(slow, `tokenizer=${tokenizer}`)).filter(({ code }) => code === 'frame-rate');
  expect(fired('{ type: bpe, vocabularySize: 256 }')).toEqual([]);
  expect(fired('{ type: bpe, vocabularySize: 40 }')[0]!.message).toContain(
    'CTC needs one per piece, and English at ×1.1 speed has about 13 pieces/s',
  );
  expect(fired('{ type: char, vocabularySize: 256 }')[0]!.message).toContain('about 16 characters/s');
});

test('a conformer is told its subsampling', () => {
  const [finding] = lint(`${base}model: { type: conformer, conformer: { subsampling: 8 } }\n`).filter(
    ({ code }) => code === 'frame-rate',
  );
  expect(finding!.message).toContain('12.5 output frames/s (hop 10 ms × time stride 8)');
  expect(finding!.fix!.set).toEqual({ 'model.conformer.subsampling': '4' });
  expect(lint(`${base}preset: conformer-small\n`)).toEqual([]);
});

test('quantities of the default preset', () => {
  const experiment = parseExperiment(base, 'x').experiment!;
  expect(outputFramesPerSec(experiment)).toBe(25);
  expect(timeStride(experiment.model)).toBe(4);
  expect(pooledBins(experiment)).toBe(10);
});

test('a config with errors is not linted', () => {
  expect(lintExperiment(parseExperiment('', 'x'), 'x')).toEqual([]);
});
