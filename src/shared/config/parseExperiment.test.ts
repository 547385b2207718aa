import { expect, test } from 'vitest';
import { configKeyAt, namesIn } from './configKeys.ts';
import { parseExperiment } from './parseExperiment.ts';
import { experimentSchema } from './schema.ts';

const minimal = 'data: { train: [a.jsonl] }\n';

test('the least config is all defaults', () => {
  const { experiment, problems } = parseExperiment(minimal, 'x.asr.yaml');
  expect(problems).toEqual([]);
  expect(experiment).toEqual(experimentSchema.parse({ data: { train: ['a.jsonl'] } }));
  expect(experiment?.features.hopSamples).toBe(160);
  expect(experiment?.model.blocks).toHaveLength(3);
});

test('the whole contract of the command-line page parses', () => {
  const text = `
version: 1
preset: small
name: an4
seed: 1
data:
  train: [an4/train.jsonl]
  dev: [an4/dev.jsonl]
  maxDurationSec: 20
text: { case: upper, keep: "ABCDEFGHIJKLMNOPQRSTUVWXYZ' " }
tokenizer: { type: char }
features: { type: logMel, sampleRateHz: 16000, fftSize: 512, windowSamples: 400, hopSamples: 160, mels: 80, melScale: slaney, normalization: global }
augment:
  speed: [0.9, 1.0, 1.1]
  timeMasks: { count: 2, maxMs: 100 }
  frequencyMasks: { count: 2, maxBins: 10 }
model:
  type: crnn
  blocks: [{ channels: 64, pool: [2, 2] }, { channels: 128, pool: [2, 2] }, { channels: 256, pool: [1, 2] }]
  norm: batch
  residual: false
  rnn: { cell: lstm, hiddenSize: 256, layers: 2, bidirectional: true, projection: 256 }
  dropout: 0.3
  attention: { enabled: false }
loss: { ctcWeight: 1.0, labelSmoothing: 0.0 }
optimizer: { type: adamw, learningRate: 1.0e-3, weightDecay: 0.01, clipNorm: 1.0 }
schedule: { type: oneCycle, warmupFraction: 0.15 }
training: { epochs: 40, batchSeconds: 40, precision: fp32, device: auto, threads: auto, accumulate: 1, averageLast: 0, emaDecay: 0, earlyStopEpochs: 0, checkpointEverySec: 300 }
decoding: { type: greedy }
`;
  const { experiment, problems } = parseExperiment(text, 'x');
  expect(problems).toEqual([]);
  const { name, data, ...rest } = experiment!;
  const { name: _, data: __, ...defaults } = parseExperiment(minimal, 'x').experiment!;
  expect(rest).toEqual(defaults);
  expect([name, data.dev]).toEqual(['an4', ['an4/dev.jsonl']]);
});

/** The first problem as `line:column-endLine:endColumn code message`. */
const first = (text: string) => {
  const { problems, experiment } = parseExperiment(text, 'x.asr.yaml');
  expect(experiment).toBeUndefined();
  const [{ line, column, endLine, endColumn, code, message, severity, file }] = problems as [(typeof problems)[0]];
  expect([severity, file]).toEqual(['error', 'x.asr.yaml']);
  return `${line}:${column}-${endLine}:${endColumn} ${code} ${message}`;
};

test.each([
  ['featurs: {}', '2:1-2:8 config-key unknown key "featurs"; did you mean "features"?'],
  [
    'features:\n  hopsamples: 80',
    '3:3-3:13 config-key unknown key "hopsamples" in features; did you mean "hopSamples"?',
  ],
  ['loss: { weight: 1 }', '2:9-2:15 config-key unknown key "weight" in loss; known are ctcWeight, labelSmoothing'],
  [
    'tokenizer: { type: bpe, vocabularySize: 29 }',
    '2:41-2:43 config-value tokenizer.vocabularySize is 29; bpe needs at least 30: the blank, the 28 characters of text.keep and a piece',
  ],
  [
    'loss: { ctcWeight: 0.5 }',
    '2:20-2:23 attention-no-decoder loss.ctcWeight is 0.5 and leaves the rest of the loss to an attention decoder, which model.attention.enabled does not ask for; set it to true, or loss.ctcWeight to 1',
  ],
  [
    'decoding: { type: joint }',
    '2:19-2:24 attention-no-decoder decoding.type joint needs the attention decoder; set model.attention.enabled to true and loss.ctcWeight below 1, or decoding.type to greedy',
  ],
  [
    'decoding: { languageModel: words.arpa }',
    '2:28-2:38 config-value decoding.languageModel is used by beam alone, and decoding.type is greedy; set it to beam, or leave languageModel out',
  ],
  [
    'model: { attention: { enabled: true } }\ndecoding: { type: attention }',
    '3:19-3:28 attention-no-decoder decoding.type attention needs a trained attention decoder, and loss.ctcWeight 1 trains none; set it to 0.3, for example',
  ],
  [
    'model: { attention: { enabled: true } }\nloss: { ctcWeight: 0 }',
    '3:20-3:21 ctc-untrained decoding.type greedy needs a trained CTC output, and loss.ctcWeight 0 trains none; set decoding.type to attention, or loss.ctcWeight above 0',
  ],
  [
    'model: { attention: { locationKernel: 30 } }',
    '2:39-2:41 config-value model.attention.locationKernel is 30; expected an odd number, such as 31, so that it has a middle',
  ],
  ['seed: -1', '2:7-2:9 config-value seed is -1; expected a whole number from 0 to 2147483647'],
  ['training: { epochs: 0 }', '2:21-2:22 config-value training.epochs is 0; expected a whole number from 1 to 100000'],
  [
    'training:\n  epochs: "3"',
    '3:11-3:14 config-value training.epochs is the text "3"; expected a whole number from 1 to 100000',
  ],
  [
    'features: { hopSamples: 1.5 }',
    '2:25-2:28 config-value features.hopSamples is 1.5; expected a whole number of at least 1, in samples',
  ],
  [
    'features: { melScale: HTK }',
    '2:23-2:26 config-value features.melScale is the text "HTK"; expected one of slaney, htk',
  ],
  ['features: { mels: .nan }', '2:19-2:23 config-value features.mels is NaN; expected a whole number from 1 to 512'],
  [
    'optimizer: { learningRate: .inf }',
    '2:28-2:32 config-value optimizer.learningRate is Infinity; expected a number above 0 and at most 10',
  ],
  ['model: { residual: 3 }', '2:20-2:21 config-value model.residual is 3; expected true or false'],
  [
    'model: { blocks: [] }',
    '2:18-2:20 config-value model.blocks is an empty list; expected a list (not empty) of keys',
  ],
  [
    'model:\n  blocks:\n    - { channels: 8, pool: [1] }',
    '4:28-4:31 config-value model.blocks[0].pool is a list of 1; expected a list of 2: [a whole number from 1 to 8, a whole number from 1 to 8]',
  ],
  [
    'model:\n  blocks:\n    - { channels: 8, pool: [1, 9] }',
    '4:32-4:33 config-value model.blocks[0].pool[1] is 9; expected a list of 2: [a whole number from 1 to 8, a whole number from 1 to 8]',
  ],
  [
    'model:\n  blocks:\n    - { pool: [1, 1] }',
    '4:7-4:8 config-missing model.blocks[0].channels is missing; expected a whole number from 1 to 4096',
  ],
  [
    'augment:',
    '2:1-2:8 config-value augment is empty; remove it, or give some of its keys (speed, policy, timeMasks, frequencyMasks, timeWarpMs, noise, gainDb)',
  ],
  [
    'augment: 3',
    '2:10-2:11 config-value augment is 3; expected keys (speed, policy, timeMasks, frequencyMasks, timeWarpMs, noise, gainDb)',
  ],
  [
    'name: my run',
    '2:7-2:13 config-value name is the text "my run"; expected text (letters, digits, ".", "_" and "-" only)',
  ],
  ['version: 2', '2:10-2:11 config-value version is 2; expected 1 (Version of this format.)'],
  ['preset: big', '2:9-2:12 config-value preset is the text "big"; expected one of small, article, conformer-small'],
  [
    'model: { type: conformer, conformer: { dimension: 146 } }',
    '2:51-2:54 config-value model.conformer.heads is 4, which does not divide model.conformer.dimension (146); a dimension of 144 would fit',
  ],
  [
    'model: { type: conformer, conformer: { dimension: 60 } }',
    '2:51-2:53 config-value model.conformer.heads is 4: 15 values per head of dimension 60 cannot be turned in pairs, as positions rotary does; a dimension of 64 would fit',
  ],
  [
    'model: { type: conformer, conformer: { kernelSize: 32 } }',
    '2:52-2:54 config-value model.conformer.kernelSize is 32; expected an odd number, such as 31, so that a filter has a middle',
  ],
  [
    'features: { fftSize: 500 }',
    '2:22-2:25 config-value features.fftSize is 500; expected a power of two, such as 512',
  ],
  [
    'features: { fftSize: 256 }',
    '2:22-2:25 config-value features.windowSamples is 400, longer than features.fftSize (256 samples)',
  ],
  [
    'features: { windowSamples: 513 }',
    '2:28-2:31 config-value features.windowSamples is 513, longer than features.fftSize (512 samples)',
  ],
  [
    'features: { highHz: 9000 }',
    '2:21-2:25 config-value features.highHz is 9000, above half of features.sampleRateHz (8000 Hz)',
  ],
  [
    'features: { lowHz: 8000 }',
    '2:20-2:24 config-value features.lowHz is 8000; expected a number below half the sample rate (8000 Hz)',
  ],
  [
    'features: { lowHz: 300, highHz: 200 }',
    '2:20-2:23 config-value features.lowHz is 300; expected a number below features.highHz (200 Hz)',
  ],
  [
    'features: { scale: minusOneToOne }',
    '2:20-2:33 config-value features.scale minusOneToOne maps [−topDb, 0] dB to [−1, 1] and needs features.topDb, for example 80',
  ],
  [
    'features: { type: mfcc, cepstra: 81 }',
    '2:34-2:36 config-value features.cepstra is 81, more than features.mels (80 bands), of which they are made',
  ],
  [
    'features: { type: fbank, melScale: htk }',
    '2:36-2:39 config-value features.melScale is htk, but features of type fbank have no use for it (only logMel); remove it or set it to slaney',
  ],
  [
    'augment: { noise: { snrDb: [30, 10] } }',
    '2:28-2:36 config-value augment.noise.snrDb is [30, 10]; expected the smaller number first: [10, 30]',
  ],
  [
    'augment: { gainDb: [6, -6] }',
    '2:20-2:27 config-value augment.gainDb is [6, -6]; expected the smaller number first: [-6, 6]',
  ],
  [
    'features: { hopSamples: 16001 }',
    '2:25-2:30 config-value features.hopSamples is 16001, more than a second of audio (16000 samples)',
  ],
  [
    'features: { mels: 4 }',
    '2:19-2:20 config-value model.blocks[2].pool pools frequency by 2 where only 1 of 4 bins are left',
  ],
  [
    'augment: { frequencyMasks: { maxBins: 81 } }',
    '2:39-2:41 config-value augment.frequencyMasks.maxBins is 81, more than features.mels (80 bins)',
  ],
  ['text: { keep: "  " }', '2:15-2:19 config-value text.keep holds no letters'],
])('%j', (line, expected) => {
  expect(first(minimal + line)).toBe(expected);
});

test('a binary file is refused without quoting it', () => {
  expect(first('version: 1\nname: \0\u001b[2J')).toBe(
    '2:7-2:7 yaml not UTF-8 text: it holds NUL characters; save it as UTF-8',
  );
  const { problems } = parseExperiment(`${minimal}] ${'x'.repeat(1000)}`, 'x');
  expect(Math.max(...problems.map(({ message }) => message.length))).toBeLessThan(210);
});

test('problems carry the fix an editor can apply', () => {
  const { problems } = parseExperiment(`${minimal}featurs: {}\ntext: { case: uper }`, 'x');
  expect(problems.map(({ fix }) => fix)).toEqual([
    { title: 'Change to upper', replacement: 'upper' },
    { title: 'Change to features', replacement: 'features' },
  ]);
});

test('all problems are reported at once', () => {
  const { problems } = parseExperiment('nam: x\nseed: a\ntraining: { epochs: 0, threads: many }', 'x');
  expect(problems.map(({ line, code }) => `${line} ${code}`).sort()).toEqual([
    '1 config-key',
    '1 config-missing',
    '2 config-value',
    '3 config-value',
    '3 config-value',
  ]);
});

test('keys written out win over the preset, lists as a whole', () => {
  const text = `preset: small\n${minimal}augment: { speed: [1] }\nmodel: { blocks: [{ channels: 4, pool: [1, 1] }] }`;
  const { experiment } = parseExperiment(text, 'x');
  expect(experiment?.augment).toMatchObject({ speed: [1], timeMasks: { count: 2, maxMs: 100 } });
  expect(experiment?.model.blocks).toEqual([{ channels: 4, pool: [1, 1] }]);
});

test('anchors of ordinary size are fine', () => {
  const text = `${minimal}model: { blocks: [&b { channels: 4, pool: [1, 2] }, *b] }`;
  expect(parseExperiment(text, 'x').experiment?.model.blocks[1]).toEqual({ channels: 4, pool: [1, 2] });
});

test('places are found for lint, the nearest written key otherwise', () => {
  const { locate } = parseExperiment(`${minimal}model:\n  rnn: { layers: 1 }\n`, 'x');
  expect(locate(['model', 'rnn', 'layers'])).toEqual({ line: 3, column: 18, endLine: 3, endColumn: 19 });
  expect(locate(['model', 'rnn', 'layers'], 'key')).toMatchObject({ line: 3, column: 10 });
  expect(locate(['model', 'rnn', 'projection'])).toMatchObject({ line: 3, column: 3, endColumn: 6 });
  expect(locate(['features', 'hopSamples'])).toMatchObject({ line: 1, column: 1 });
  expect(locate(['data', 'train', 0])).toEqual({ line: 1, column: 17, endLine: 1, endColumn: 24 });
});

test('a BOM and CRLF move no column', () => {
  const { problems } = parseExperiment('\uFEFFdata: { train: [a] }\r\nseed: x\r\n', 'x');
  expect(problems).toMatchObject([{ line: 2, column: 7, endColumn: 8 }]);
});

test('keys know their meaning, unit, source and values', () => {
  expect(configKeyAt(['features', 'hopSamples'])).toMatchObject({ unit: 'samples', default: 160, section: false });
  expect(configKeyAt(['model', 'blocks', 1, 'pool', 0])).toMatchObject({ path: 'model.blocks[].pool' });
  expect(configKeyAt(['model', 'rnn', 'bidirectional'])?.values).toEqual(['false', 'true']);
  expect(configKeyAt(['features', 'padMode'])?.source).toContain('librosa');
  expect(namesIn(['model', 'blocks', 0])).toEqual(['channels', 'pool']);
  expect(namesIn([])).toContain('training');
  expect(namesIn(['nothing', 'here'])).toEqual([]);
});
