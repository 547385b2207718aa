import { type CommandSpec, commonOptions, type OptionSpec, type ParsedArguments } from './arguments.ts';
import { corpusFormats } from './corpora/corpus.ts';
import { publicCorpora } from './download/publicCorpora.ts';
import { runFields } from './runFields.ts';
import type { Terminal } from './terminal.ts';

/** A file of `commands/`: its exit code is 0 (done), 1 (what was looked at has errors) or 130 (stopped). */
export interface CommandModule {
  run(args: ParsedArguments, terminal: Terminal): Promise<number>;
}

interface Command extends CommandSpec {
  /** Keys of each entry of its JSON document, for the documentation. */
  document?: Readonly<Record<string, string>>;
  /** Loaded on use, so that `--help` and small commands start at once. */
  load(): Promise<CommandModule>;
}

const model = '<model>';
const manifest: OptionSpec = { value: '<m.jsonl>', description: 'manifest to work on', required: true };
const threads: OptionSpec = { value: '<n>', description: 'threads of the graph (default: physical cores)' };

const decoderOptions: Record<string, OptionSpec> = {
  decoder: {
    value: '<name>',
    description: "how text is read (default: as the run's config says)",
    choices: ['greedy', 'attention', 'joint'],
  },
  'beam-width': { value: '<n>', description: 'hypotheses kept by attention and joint' },
};

/** One row per command, in the order of the help. */
export const commands: Readonly<Record<string, Command>> = {
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
    load: () => import('./commands/prepare.ts'),
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
    load: () => import('./commands/split.ts'),
  },
  stats: {
    summary: 'describes manifests side by side: hours, speakers, lengths, speech rates, alphabet, words',
    operands: ['<m.jsonl…>'],
    options: { levels: { description: 'also hear a sample of the recordings: levels, rates, encodings' } },
    load: () => import('./commands/stats.ts'),
  },
  lint: {
    summary: 'names every problem of a config and its data, or of documents and folders of recordings by themselves',
    operands: ['<config or data…>'],
    options: {
      set: { value: '<key=value>', description: 'change a key first', repeated: true },
      'config-only': { description: 'leave the data alone' },
      samples: { description: 'also decode every recording: silent, clipped, not finite, copies' },
    },
    load: () => import('./commands/lint.ts'),
  },
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
    load: () => import('./commands/train.ts'),
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
    load: () => import('./commands/sweep.ts'),
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
    load: () => import('./commands/rangeTest.ts'),
  },
  replay: {
    summary: 'runs a step again that a run kept because its loss was not finite',
    operands: ['<run/replay/step>'],
    options: { threads: { value: '<n>', description: 'threads of the graph (default: as in the run)' } },
    load: () => import('./commands/replay.ts'),
  },
  evaluate: {
    summary: 'measures word and character error rates; of several models also combined, by average and by ROVER',
    operands: [model, '[<model>…]'],
    options: {
      manifest,
      ...decoderOptions,
      threads,
    },
    load: () => import('./commands/evaluate.ts'),
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
    load: () => import('./commands/transcribe.ts'),
  },
  features: {
    summary: 'writes the exact model input of a recording as .npy, [frames, bins]',
    operands: ['<audio>'],
    options: {
      config: { value: '<config>', description: 'take the feature settings from a config' },
      model: { value: model, description: 'take them from a model' },
      out: { value: '<f.npy>', description: 'file to write', required: true },
    },
    load: () => import('./commands/features.ts'),
  },
  export: {
    summary: 'writes a model as .onnx and compares the two',
    operands: [model],
    options: { out: { value: '<m.onnx>', description: 'file to write', required: true } },
    load: () => import('./commands/export.ts'),
  },
  inspect: {
    summary: 'says what is in a recording, .safetensors or .onnx',
    operands: ['<file>'],
    options: {},
    load: () => import('./commands/inspect.ts'),
  },
  runs: {
    summary: 'lists run directories',
    operands: ['[dir]'],
    options: {},
    document: runFields,
    load: () => import('./commands/runs.ts'),
  },
  profile: {
    summary: 'says where the time of profiled steps went: by phase, layer, operator and node',
    operands: ['<run or profile>'],
    options: { rows: { value: '<n>', description: 'of each table (default 15)' } },
    load: () => import('./commands/profile.ts'),
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
    load: () => import('./commands/selftest.ts'),
  },
};

/** Help of the program, or of one command. */
export function renderHelp(name?: string): string {
  if (name === undefined) {
    const rows = Object.entries(commands).map(([command, { summary }]) => `  ${command.padEnd(12)}${summary}`);
    return [
      'asr trains and runs speech recognisers.',
      '',
      'Usage: asr <command> [options]',
      '',
      ...rows,
      '',
      '"asr <command> --help" shows its options. Exit codes: 0 done, 1 error of the user or the data, 2 bug, 130 stopped.',
    ].join('\n');
  }
  const command = commands[name]!;
  const options = Object.entries({ ...command.options, ...commonOptions }).map(([option, spec]) => {
    const left = `--${option}${spec.value ? ` ${spec.value}` : ''}${spec.repeated ? ' …' : ''}`;
    const choices = spec.choices ? ` (${spec.choices.join(', ')})` : '';
    return `  ${left.padEnd(26)} ${spec.description}${choices}${spec.required ? '; required' : ''}`;
  });
  return [
    `Usage: asr ${[name, ...command.operands].join(' ')} [options]`,
    '',
    `${name} ${command.summary}.`,
    '',
    ...options,
  ].join('\n');
}

/** docs/cli.md: every command with its options, from the table above. */
export function renderCliDocs(): string {
  const sections = Object.entries(commands).map(([name, { document }]) => {
    const rows = Object.entries(document ?? {}).map(([key, what]) => `| \`${key}\` | ${what} |\n`);
    const table = document ? `\nWith \`--json\`, a list of:\n\n| key | what |\n|---|---|\n${rows.join('')}` : '';
    return `## \`asr ${name}\`\n\n\`\`\`\n${renderHelp(name)}\n\`\`\`\n${table}`;
  });
  return [
    '# Command line\n',
    'Rendered from `src/engine/commandTable.ts` by `npm run generate`. `asr` is `dist/engine.js`, run by Node 20 or newer.\n',
    'With `--json` standard output holds exactly one JSON document, `{ "error": { "message" }, "problems" }` when the command fails; everything else goes to standard error. Problems of files read `path:line:col: error CODE: message`. Exit codes: 0 done, 1 error of the user or the data, 2 bug, 130 stopped.\n',
    ...sections,
  ].join('\n');
}
