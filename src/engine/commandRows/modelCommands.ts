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
  serve: {
    summary: 'answers HTTP requests in the form of OpenAI, and WebSocket streams (docs/serving.md)',
    operands: ['<model…>'],
    options: {
      port: { value: '<n>', description: 'port to listen on (default: any that is free)' },
      host: { value: '<address>', description: 'address to listen on (default 127.0.0.1: this machine alone)' },
      'token-file': {
        value: '<file>',
        description:
          'take the token from here (else from the environment: ASR_TOKEN; else 256 random bits, shown once)',
      },
      'ready-file': { value: '<file>', description: 'write address and models here once it listens' },
      'allow-host': { value: '<name>', description: 'a name that clients may call it by', repeated: true },
      'allow-origin': { value: '<origin>', description: 'a web page that may call it', repeated: true },
      'max-body-mb': { value: '<n>', description: 'largest request (default 256)' },
      'max-audio-sec': { value: '<s>', description: 'longest recording or stream (default 14400)' },
      'max-parallel': { value: '<n>', description: 'requests recognised at the same time (default 4)' },
      'max-waiting': { value: '<n>', description: 'requests that wait; one more gets 503 (default 32)' },
      'max-streams': { value: '<n>', description: 'WebSocket streams at the same time (default 64)' },
      'max-connections': { value: '<n>', description: 'connections at the same time (default 512)' },
      'max-request-sec': { value: '<s>', description: 'time for a request to be sent (default 300)' },
      ...decoderOptions,
      threads,
    },
    load: () => import('../commands/serve.ts'),
  },
  export: {
    summary: 'writes a model as .onnx and compares the two',
    operands: [model],
    options: { out: { value: '<m.onnx>', description: 'file to write', required: true } },
    load: () => import('../commands/export.ts'),
  },
};
