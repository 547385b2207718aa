import { corpusFormats } from '../corpora/corpus.ts';
import { publicCorpora } from '../download/publicCorpora.ts';
import { type Command, model } from './commandRow.ts';

/** Corpora, manifests, recordings and single files. */
export const dataCommands: Readonly<Record<string, Command>> = {
  prepare: {
    summary: 'makes manifests from a corpus, which it can download first',
    operands: ['[dir]'],
    options: {
      format: { value: '<name>', description: 'layout of the corpus', choices: corpusFormats },
      out: { value: '<m.jsonl>', description: 'manifest to write; paths in it are relative to its folder' },
      'dev-out': {
        value: '<dev.jsonl>',
        description: 'put whole speakers, drawn by --seed, into this manifest instead',
      },
      'dev-share': { value: '<share>', description: 'share of the audio for --dev-out (default 0.1)' },
      'test-out': { value: '<test.jsonl>', description: 'and other speakers into this one' },
      'test-share': { value: '<share>', description: 'share of the audio for --test-out (default 0.1)' },
      seed: { value: '<n>', description: 'which speakers --dev-out and --test-out get (default 1)' },
      split: {
        value: '<name>',
        description: 'only this part: train (an4), validated (commonvoice), dev-clean (librispeech), a folder (kaldi)',
      },
      download: {
        value: '<name>',
        description: 'fetch this corpus first, or what is missing of it; needs --dir',
        choices: Object.keys(publicCorpora),
      },
      dir: { value: '<dir>', description: 'folder for the archive and the corpus of --download' },
    },
    load: () => import('../commands/prepare.ts'),
  },
  split: {
    summary: 'divides manifests into train, dev and test without a speaker in two of them',
    operands: ['<m.jsonl…>'],
    options: {
      'out-dir': { value: '<dir>', description: 'folder for train.jsonl, dev.jsonl and test.jsonl', required: true },
      train: { value: '<share>', description: 'share of the audio (default 0.8, or what the others leave)' },
      dev: { value: '<share>', description: 'share of the audio (default 0.1)' },
      test: { value: '<share>', description: 'share of the audio (default 0.1)' },
      seed: { value: '<n>', description: 'which speakers go where (default 1)' },
      stratify: {
        value: '<what>',
        description: 'keep the proportions of lengths, also of transcripts (default: duration)',
        choices: ['duration', 'text'],
      },
      'ignore-speakers': { description: 'divide single utterances: for data without speakers' },
      force: { description: 'overwrite manifests that are there' },
    },
    load: () => import('../commands/split.ts'),
  },
  stats: {
    summary: 'describes manifests side by side: hours, speakers, lengths, speech rates, alphabet, words',
    operands: ['<m.jsonl…>'],
    options: { levels: { description: 'also hear a sample of the recordings: levels, rates, encodings' } },
    load: () => import('../commands/stats.ts'),
  },
  lint: {
    summary: 'names every problem of a config and its data, or of documents and folders of recordings by themselves',
    operands: ['<config or data…>'],
    options: {
      set: { value: '<key=value>', description: 'change a key first', repeated: true },
      'config-only': { description: 'leave the data alone' },
      samples: { description: 'also decode every recording: silent, clipped, not finite, copies' },
    },
    load: () => import('../commands/lint.ts'),
  },
  features: {
    summary: 'writes the exact model input of a recording as .npy, [frames, bins]',
    operands: ['<audio>'],
    options: {
      config: { value: '<config>', description: 'take the feature settings from a config' },
      model: { value: model, description: 'take them from a model' },
      out: { value: '<f.npy>', description: 'file to write', required: true },
    },
    load: () => import('../commands/features.ts'),
  },
  inspect: {
    summary: 'says what is in a recording, .safetensors or .onnx',
    operands: ['<file>'],
    options: {},
    load: () => import('../commands/inspect.ts'),
  },
};
