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
      'tune-lm': { description: 'also try weights of the language model on this manifest, which must be dev data' },
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
    summary: 'writes what is said in recordings, whole folders or a manifest, with word times',
    operands: [model, '[<audio or folder>…]'],
    options: {
      manifest: { value: '<m.jsonl>', description: 'also what this lists; its transcripts do not count' },
      start: { value: '<s>', description: 'begin at this second' },
      end: { value: '<s>', description: 'end at this second' },
      out: { value: '<t.jsonl>', description: 'write a line for each recording as soon as it is heard' },
      resume: { description: 'go on with --out, without the recordings that it has' },
      calibration: { value: '<c.json>', description: "of confidences (default: the checkpoint's own, if any)" },
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
  align: {
    summary: 'finds when each word of the transcripts is said: CTM, and a TextGrid for each recording',
    operands: [model],
    options: {
      manifest,
      'out-dir': { value: '<dir>', description: 'folder to write in; without it the CTM is printed' },
      format: { value: '<names>', description: 'ctm, textgrid or ctm,textgrid (default: both)' },
      threads,
    },
    load: () => import('../commands/align.ts'),
  },
  calibrate: {
    summary: "fits confidences of words to how often they are right, and keeps that beside a checkpoint's weights",
    operands: [model],
    options: { manifest, ...decoderOptions, threads },
    load: () => import('../commands/calibrate.ts'),
  },
  export: {
    summary: 'writes a model as .onnx and compares the two',
    operands: [model],
    options: {
      out: { value: '<m.onnx>', description: 'file to write', required: true },
      frontend: { description: 'take the waveform: features are made inside the graph' },
      opset: { value: '<n>', description: 'version of the operator set, 14 to 23 (default 17)' },
      manifest: { value: '<m.jsonl>', description: 'also compare on its first utterances' },
    },
    load: () => import('../commands/export.ts'),
  },
  lm: {
    summary: 'makes a word language model for beam from text (train), or says how well one predicts text (perplexity)',
    operands: ['<train|perplexity>', '[<x.arpa>]'],
    options: {
      text: {
        value: '<file>',
        description: 'text, a sentence a line, or a manifest (.jsonl); may be repeated',
        repeated: true,
        required: true,
      },
      out: { value: '<x.arpa>', description: 'ARPA file to write (train)' },
      order: { value: '<n>', description: 'longest n-grams, 1 to 5 (default 3)' },
      prune: {
        value: '<n,n,…>',
        description: 'leave out n-grams seen at most so often, by order: 0,0,1 drops single trigrams',
      },
      'min-count': { value: '<n>', description: 'words seen less often become <unk> (default 1)' },
      case: { value: '<name>', description: 'of the words', choices: ['upper', 'lower', 'as-is'] },
    },
    load: () => import('../commands/lm.ts'),
  },
};
