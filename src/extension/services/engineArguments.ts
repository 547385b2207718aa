import type { Invocation } from '../../shared/contributions.ts';
import { UserError } from '../../shared/problem.ts';

/** Commands about an experiment. */
const onExperiment: ReadonlySet<Invocation['command']> = new Set(['train', 'sweep', 'ensemble', 'lint', 'range-test']);
const withModel: readonly Invocation['command'][] = [
  'evaluate',
  'compare',
  'transcribe',
  'align',
  'calibrate',
  'stream',
  'serve',
  'export',
  'quantize',
];

/** The engine's command line for an invocation: a list, never a shell string. */
export function engineArguments(invocation: Invocation): string[] {
  const { command, config, model, runDir, from, fromStep, resume, set = [], args = [] } = invocation;
  const operands: string[] = [];
  if (onExperiment.has(command)) {
    if (!config) throw new UserError(`An ASR task "${command}" needs "config", the path of an experiment file.`);
    operands.push(config);
  } else if (withModel.includes(command)) {
    if (!model) throw new UserError(`An ASR task "${command}" needs "model", for example a run directory.`);
    operands.push(model);
  }
  return [
    command,
    ...operands.map(protectDash),
    ...(runDir ? ['--run-dir', runDir] : []),
    ...(from ? ['--from', from] : []),
    ...(fromStep === undefined ? [] : ['--from-step', String(fromStep)]),
    ...(resume ? ['--resume'] : []),
    ...set.flatMap((change) => ['--set', change]),
    ...args,
  ];
}

/** A file named `-x` must not be read as an option. */
const protectDash = (file: string): string => (file.startsWith('-') ? `./${file}` : file);
