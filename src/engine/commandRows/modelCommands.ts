import { calibrations } from '../../graph/quantize/activationRange.ts';
import { type Command, decoderOptions, manifest, model, streamOptions, threads } from './commandRow.ts';

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
      streaming: { description: 'hear each utterance chunk by chunk, as asr stream does' },
      ...streamOptions,
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
  quantize: {
    summary: 'writes a model with 8-bit integers, with time and error of each operator on this machine',
    operands: [model],
    options: {
      manifest: { ...manifest, description: 'recordings like those to be recognised, to calibrate with' },
      out: { value: '<m.onnx>', description: 'file to write', required: true },
      method: {
        value: '<name>',
        description:
          'scales of activations: found once by calibration (static, the default) or anew in each run (dynamic)',
        choices: ['static', 'dynamic'],
      },
      calibration: {
        value: '<name>',
        description: 'range of an activation, for static (default: percentile)',
        choices: calibrations,
      },
      ops: {
        value: '<a,b>',
        description:
          'operators to compute in integers, of Conv, MatMul, Gemm, LSTM, GRU (default: all for static; all but Conv for dynamic, which makes convolutions slower: int8-conv)',
      },
      'max-error': {
        value: '<x>',
        description:
          'largest error of an operator, relative to its output; beyond it another form is taken (default: 0.1)',
      },
      'keep-slower': { description: 'also keep operators that are not faster in integers on this machine' },
      dev: { value: '<m.jsonl>', description: 'also measures the word error rate before and after' },
      utterances: { value: '<n>', description: 'utterances of the manifest to calibrate with (default: 32)' },
      threads,
    },
    load: () => import('../commands/quantize.ts'),
  },
};
