import { type Command, decoderOptions, manifest, model, streamOptions, threads } from './commandRow.ts';

/** What a trained model is good for. */
export const modelCommands: Readonly<Record<string, Command>> = {
  evaluate: {
    summary: 'measures word and character error rates; of several models also combined, by average and by ROVER',
    operands: [model, '[<model>…]'],
    options: {
      manifest,
      ...decoderOptions,
      streaming: { description: 'hear each utterance chunk by chunk, as asr stream does' },
      ...streamOptions,
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
  stream: {
    summary: 'plays recordings to a model chunk by chunk, and says what that costs in time and in words',
    operands: [model, '[<audio>…]'],
    options: {
      ...streamOptions,
      manifest: { value: '<m.jsonl>', description: 'play its utterances, and score them against its transcripts' },
      speed: { value: '<n>', description: '1 plays in real time, 2 twice as fast, 0 without waiting (default 0)' },
      events: { description: 'print one JSON object per line while it goes on, instead of text' },
      threads: { value: '<n>', description: 'threads of the graph (default 1)' },
    },
    load: () => import('../commands/stream.ts'),
  },
  export: {
    summary: 'writes a model as .onnx and compares the two',
    operands: [model],
    options: { out: { value: '<m.onnx>', description: 'file to write', required: true } },
    load: () => import('../commands/export.ts'),
  },
};
