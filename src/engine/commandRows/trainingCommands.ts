import { runFields } from '../runFields.ts';
import { type Command, threads } from './commandRow.ts';

/** Training, and what runs leave behind. */
export const trainingCommands: Readonly<Record<string, Command>> = {
  train: {
    summary: 'trains a model',
    operands: ['<config>'],
    options: {
      'run-dir': { value: '<dir>', description: 'run directory (default: runs/<name>-<time> beside the config)' },
      resume: { description: 'go on from the last checkpoint; starts afresh when there is none' },
      from: { value: '<run>', description: 'begin a new run from a checkpoint of this one; or a checkpoint' },
      'from-step': { value: '<n>', description: 'with --from: from its newest checkpoint up to this step' },
      set: {
        value: '<key=value>',
        description: 'change a key of the config, such as training.epochs=3',
        repeated: true,
      },
      device: { value: '<name>', description: 'where the graph runs', choices: ['auto', 'cpu', 'webgpu', 'cuda'] },
      'profile-steps': {
        value: '<a..b>',
        description: 'profile these steps, counted from 1; see "asr profile"',
      },
      threads,
    },
    load: () => import('../commands/train.ts'),
  },
  sweep: {
    summary: 'trains trials over values of config keys, one after another, and compares them by dev WER',
    operands: ['<config>'],
    options: {
      key: {
        value: '<key=values>',
        description: 'what to try: a,b,c or low..high/5 (add :log or :linear); low..high with --random',
        repeated: true,
      },
      random: { value: '<n>', description: 'draw so many trials; default is the whole grid' },
      seed: { value: '<n>', description: 'of the draws (default 1); trials have the seed of the config' },
      epochs: { value: '<n>', description: 'of each trial (default: as in the config)' },
      grace: {
        value: '<n>',
        description: 'epochs before the median rule may give a trial up (default: a third, at least 2)',
      },
      'all-epochs': { description: 'give no trial up' },
      budget: { value: '<min>', description: 'begin no trial after so many minutes of training' },
      'sweep-dir': { value: '<dir>', description: 'sweep directory (default: runs/<name>-sweep-<time>)' },
      resume: { description: 'go on with the latest sweep of the config, or with --sweep-dir' },
      set: { value: '<key=value>', description: 'change a key of the config for all trials', repeated: true },
      device: { value: '<name>', description: 'where the graph runs', choices: ['auto', 'cpu', 'webgpu', 'cuda'] },
      threads,
    },
    load: () => import('../commands/sweep.ts'),
  },
  ensemble: {
    summary: 'trains an experiment with several seeds and compares the models together with the best of them alone',
    operands: ['<config>'],
    options: {
      members: { value: '<n>', description: 'models (default 3); their seeds count from that of the config' },
      manifest: { value: '<m.jsonl>', description: 'to compare on (default: data.dev of the config)', repeated: true },
      epochs: { value: '<n>', description: 'of each model (default: as in the config)' },
      'sweep-dir': { value: '<dir>', description: 'its directory (default: runs/<name>-sweep-<time>)' },
      resume: { description: 'go on with the latest ensemble of the config, or with --sweep-dir' },
      set: { value: '<key=value>', description: 'change a key of the config for all models', repeated: true },
      device: { value: '<name>', description: 'where the graph runs', choices: ['auto', 'cpu', 'webgpu', 'cuda'] },
      threads,
    },
    load: () => import('../commands/ensemble.ts'),
  },
  'range-test': {
    summary: 'finds a learning rate: trains a little at rates from low to high, and keeps nothing of it',
    operands: ['<config>'],
    options: {
      min: { value: '<rate>', description: 'lowest rate (default 1e-6)' },
      max: { value: '<rate>', description: 'highest rate (default 1)' },
      steps: { value: '<n>', description: 'steps of the sweep (default 100)' },
      out: { value: '<f.json>', description: 'file to write (default: range-test.json beside the config)' },
      set: { value: '<key=value>', description: 'change a key of the config first', repeated: true },
      threads,
    },
    load: () => import('../commands/rangeTest.ts'),
  },
  replay: {
    summary: 'runs a step again that a run kept because its loss was not finite',
    operands: ['<run/replay/step>'],
    options: { threads: { value: '<n>', description: 'threads of the graph (default: as in the run)' } },
    load: () => import('../commands/replay.ts'),
  },
  runs: {
    summary: 'lists run directories',
    operands: ['[dir]'],
    options: {},
    document: runFields,
    load: () => import('../commands/runs.ts'),
  },
  profile: {
    summary: 'says where the time of profiled steps went: by phase, layer, operator and node',
    operands: ['<run or profile>'],
    options: { rows: { value: '<n>', description: 'of each table (default 15)' } },
    load: () => import('../commands/profile.ts'),
  },
  selftest: {
    summary: 'checks the installation',
    operands: [],
    options: {
      device: {
        value: '<name>',
        description: 'also train a few steps there and compare them with the CPU',
        choices: ['cpu', 'webgpu', 'cuda'],
      },
    },
    load: () => import('../commands/selftest.ts'),
  },
};
