import { type Command, decoderOptions, manifest, model, threads } from './commandRow.ts';

/** What a trained model is good for. */
export const modelCommands: Readonly<Record<string, Command>> = {
  evaluate: {
    summary: 'measures word and character error rates; of several models also combined, by average and by ROVER',
    operands: [model, '[<model>…]'],
    options: {
      manifest,
      ...decoderOptions,
      'out-dir': { value: '<dir>', description: 'write report.json and report.html into this folder' },
      card: { description: 'also print the result card, as Markdown: all that is needed to repeat the figure' },
      threads,
    },
    load: () => import('../commands/evaluate.ts'),
  },
  compare: {
    summary:
      'sets two reports, or models, side by side: what was fixed, what broke, and whether chance may have done it',
    operands: ['<report.json, git:<rev>:<path> or model>', '<another>'],
    options: {
      manifest: { value: '<m.jsonl>', description: 'for models: what to evaluate them on' },
      ...decoderOptions,
      'out-dir': { value: '<dir>', description: 'write comparison.json and comparison.html into this folder' },
      threads,
    },
    load: () => import('../commands/compare.ts'),
  },
  transcribe: {
    summary: 'writes what is said in recordings, with word times',
    operands: [model, '<audio…>'],
    options: {
      start: { value: '<s>', description: 'begin at this second' },
      end: { value: '<s>', description: 'end at this second' },
      ...decoderOptions,
      threads,
    },
    load: () => import('../commands/transcribe.ts'),
  },
  listen: {
    summary:
      'keeps models open and answers calls: JSON lines on standard input and output, for editors (docs/listen.md)',
    operands: [],
    options: {
      memory: {
        value: '<MB>',
        description: 'of open models; beyond it the one used longest ago is closed (default: a quarter)',
      },
      threads,
    },
    load: () => import('../commands/listen.ts'),
  },
  export: {
    summary: 'writes a model as .onnx and compares the two',
    operands: [model],
    options: { out: { value: '<m.onnx>', description: 'file to write', required: true } },
    load: () => import('../commands/export.ts'),
  },
};
