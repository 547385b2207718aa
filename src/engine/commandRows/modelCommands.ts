import { calibrations } from '../../graph/quantize/activationRange.ts';
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
    options: { out: { value: '<m.onnx>', description: 'file to write', required: true } },
    load: () => import('../commands/export.ts'),
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
