import { type Command, decoderOptions, manifest, model, threads } from './commandRow.ts';

/** What a trained model is good for. */
export const modelCommands: Readonly<Record<string, Command>> = {
  evaluate: {
    summary: 'measures word and character error rates; of several models also combined, by average and by ROVER',
    operands: [model, '[<model>…]'],
    options: {
      manifest,
      ...decoderOptions,
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
    options: {
      out: { value: '<m.onnx>', description: 'file to write', required: true },
      frontend: { description: 'take the waveform: features are made inside the graph' },
      opset: { value: '<n>', description: 'version of the operator set, 14 to 23 (default 17)' },
      manifest: { value: '<m.jsonl>', description: 'also compare on its first utterances' },
    },
    load: () => import('../commands/export.ts'),
  },
};
