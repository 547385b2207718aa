import type { CommandSpec, OptionSpec, ParsedArguments } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';

/** A file of `commands/`: its exit code is 0 (done), 1 (what was looked at has errors) or 130 (stopped). */
export interface CommandModule {
  run(args: ParsedArguments, terminal: Terminal): Promise<number>;
}

export interface Command extends CommandSpec {
  /** Keys of each entry of its JSON document, for the documentation. */
  document?: Readonly<Record<string, string>>;
  /** Loaded on use, so that `--help` and small commands start at once. */
  load(): Promise<CommandModule>;
}

export const model = '<model>';
export const manifest: OptionSpec = { value: '<m.jsonl>', description: 'manifest to work on', required: true };
export const threads: OptionSpec = { value: '<n>', description: 'threads of the graph (default: physical cores)' };

export const decoderOptions: Record<string, OptionSpec> = {
  decoder: {
    value: '<name>',
    description: "how text is read (default: as the run's config says)",
    choices: ['greedy', 'beam', 'attention', 'joint'],
  },
  'beam-width': { value: '<n>', description: 'hypotheses kept by beam, attention and joint' },
  lm: { value: '<x.arpa>', description: 'word language model for beam; "none" for none' },
  'lm-weight': { value: '<x>', description: 'its weight beside CTC' },
  'word-bonus': { value: '<x>', description: 'added for each word by beam' },
  hotword: { value: '<phrase>', description: 'word or phrase that beam favours', repeated: true },
  'hotword-boost': { value: '<x>', description: 'what a hotword adds' },
  nbest: { value: '<n>', description: 'show so many alternatives of beam' },
};

export const streamOptions: Record<string, OptionSpec> = {
  'chunk-ms': { value: '<n>', description: 'audio that is computed at once (default 160)' },
  'look-ahead-ms': {
    value: '<n>',
    description: 'audio after a chunk that is waited for (default: what the model needs; segmented: 480)',
  },
  'silence-ms': { value: '<n>', description: 'silence that makes text final (default 600)' },
};
