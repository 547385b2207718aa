import { type Command, decoderOptions, manifest, model, threads } from './commandRow.ts';

/** What a trained model is good for. */
export const modelCommands: Readonly<Record<string, Command>> = {
  evaluate: {
    summary: 'measures word and character error rates; of several models also combined, by average and by ROVER',
    operands: [model, '[<model>…]'],
    options: {
      manifest,
      ...decoderOptions,
      'tune-lm': { description: 'also try weights of the language model on this manifest, which must be dev data' },
      threads,
    },
    load: () => import('../commands/evaluate.ts'),
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
  export: {
    summary: 'writes a model as .onnx and compares the two',
    operands: [model],
    options: { out: { value: '<m.onnx>', description: 'file to write', required: true } },
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
