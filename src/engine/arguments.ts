import { parseArgs } from 'node:util';
import { UserError } from '../shared/problem.ts';
import { suggestName } from '../shared/suggest.ts';

export interface OptionSpec {
  /** Placeholder of the value in the help; an option without one is a flag. */
  value?: string;
  description: string;
  /** May be given more than once. */
  repeated?: boolean;
  required?: boolean;
  choices?: readonly string[];
}

export interface CommandSpec {
  summary: string;
  /** `<config>` one, `[dir]` at most one, `<audio…>` one or more. */
  operands: readonly string[];
  options: Readonly<Record<string, OptionSpec>>;
}

/** What a command was called with, checked against its spec. */
export interface ParsedArguments {
  readonly command: string;
  readonly operands: readonly string[];
  /** As it was typed, after the command's name. */
  readonly argv: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** All values of a repeated option, in order. */
  texts(name: string): readonly string[];
  number(name: string, range?: { min?: number; max?: number; integer?: boolean }): number | undefined;
}

/** A call that does not fit; the message ends with how it should look. */
export class UsageError extends UserError {
  override name = 'UsageError';
}

/** Every command has these. */
export const commonOptions: Readonly<Record<string, OptionSpec>> = {
  json: { description: 'print exactly one JSON document on standard output' },
  help: { description: 'show this help' },
};

export function parseArguments(command: string, spec: CommandSpec, argv: readonly string[]): ParsedArguments {
  const options = { ...spec.options, ...commonOptions };
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [
        name,
        {
          type: option.value === undefined ? 'boolean' : 'string',
          multiple: true,
          ...(name === 'help' ? { short: 'h' } : {}),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  let listed: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (listed && /^[\w.]+=/.test(token.value)) values.get(listed)!.push(token.value);
      else operands.push(token.value);
    } else if (token.kind === 'option') {
      const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
      if (!option) throw new UsageError(unknownOption(command, token.rawName, Object.keys(options)));
      addValue(command, values, token.name, option, token.value);
      listed = option.repeated ? token.name : undefined;
    }
  }
  const result = access(command, operands, values, argv);
  if (!result.flag('help')) checkCall(command, spec, operands, values);
  return result;
}

function addValue(
  command: string,
  values: Map<string, string[]>,
  name: string,
  option: OptionSpec,
  value: string | undefined,
): void {
  const fail = (message: string) => {
    throw new UsageError(`--${name} ${message}; see "asr ${command} --help"`);
  };
  if (option.value === undefined) {
    if (value !== undefined) fail('takes no value');
    values.set(name, ['true']);
    return;
  }
  if (value === undefined || value === '') fail(`needs a value: --${name} ${option.value}`);
  if (values.has(name) && !option.repeated) fail('is given twice');
  if (option.choices && !option.choices.includes(value!)) {
    const close = suggestName(value!, option.choices);
    fail(`is "${value}"; expected ${option.choices.join(', ')}${close ? `; did you mean "${close}"?` : ''}`);
  }
  values.set(name, [...(values.get(name) ?? []), value!]);
}

function checkCall(command: string, spec: CommandSpec, operands: string[], values: Map<string, string[]>): void {
  const needed = spec.operands.filter((operand) => operand.startsWith('<')).length;
  const open = spec.operands.some((operand) => operand.includes('…'));
  if (operands.length < needed) {
    throw new UsageError(`${command} needs ${spec.operands[operands.length]}; see "asr ${command} --help"`);
  }
  if (!open && operands.length > spec.operands.length) {
    throw new UsageError(`${command}: unexpected "${operands[spec.operands.length]}"; see "asr ${command} --help"`);
  }
  for (const [name, option] of Object.entries(spec.options)) {
    if (option.required && !values.has(name)) {
      throw new UsageError(`${command} needs --${name} ${option.value}; see "asr ${command} --help"`);
    }
  }
}

function unknownOption(command: string, written: string, names: string[]): string {
  const close = suggestName(written.replace(/^-+/, ''), names);
  return `${command} has no option ${written}${close ? `; did you mean --${close}?` : `; see "asr ${command} --help"`}`;
}

/** What a command calls another one with. */
export const callArguments = (
  command: string,
  operands: readonly string[],
  values: Readonly<Record<string, readonly string[]>>,
): ParsedArguments => {
  const given = Object.entries(values).filter(([, texts]) => texts.length > 0);
  const options = given.flatMap(([name, texts]) => texts.flatMap((text) => [`--${name}`, text]));
  return access(command, operands, new Map(given), [...operands, ...options]);
};

function access(
  command: string,
  operands: readonly string[],
  values: ReadonlyMap<string, readonly string[]>,
  argv: readonly string[],
): ParsedArguments {
  const text = (name: string) => values.get(name)?.at(-1);
  return {
    command,
    operands,
    argv,
    flag: (name) => values.has(name),
    text,
    texts: (name) => values.get(name) ?? [],
    number(name, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = {}) {
      const written = text(name);
      if (written === undefined) return undefined;
      const value = Number(written);
      if (
        written.trim() === '' ||
        !Number.isFinite(value) ||
        value < min ||
        value > max ||
        (integer && !Number.isInteger(value))
      ) {
        const low = min === Number.NEGATIVE_INFINITY ? '' : ` of at least ${min}`;
        const high = max === Number.POSITIVE_INFINITY ? '' : ` and at most ${max}`;
        throw new UsageError(`--${name} is "${written}"; expected a ${integer ? 'whole ' : ''}number${low}${high}`);
      }
      return value;
    },
  };
}
