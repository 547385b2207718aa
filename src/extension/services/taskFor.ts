import type { Invocation } from '../../shared/contributions.ts';
import { engineArguments } from './engineArguments.ts';

/** A task before VS Code knows of it. */
export interface TaskPlan {
  name: string;
  detail: string;
  /** Training, sweeps and ensembles go through the launcher, so that closing the terminal does not end them. */
  script: 'engine' | 'launcher';
  argumentList: string[];
  problemMatchers: string[];
  background: boolean;
  group: 'build' | 'test' | undefined;
}

/** What an invocation means as a task. `outputFolder` is where the launcher may keep the engine's output while it runs. */
export function taskFor(invocation: Invocation, outputFolder: string): TaskPlan {
  const { command, config, model, attach } = invocation;
  const subject = attach ?? config ?? model;
  const name = [attach ? 'follow' : command, ...(subject ? [baseName(subject)] : [])].join(' ');
  if (command !== 'train' && command !== 'sweep' && command !== 'ensemble')
    return {
      name,
      detail: `asr ${engineArguments(invocation).join(' ')}`,
      script: 'engine',
      argumentList: engineArguments(invocation),
      problemMatchers: ['$asr'],
      background: false,
      group: command === 'lint' || command === 'selftest' || command === 'evaluate' ? 'test' : undefined,
    };
  const what = attach ? ['--attach', attach] : ['--', ...engineArguments(invocation)];
  return {
    name,
    detail: attach ? `follows ${attach}` : `asr ${engineArguments(invocation).join(' ')}`,
    script: 'launcher',
    argumentList: ['--output-folder', outputFolder, ...what],
    problemMatchers: ['$asr-train'],
    background: true,
    group: 'build',
  };
}

const baseName = (file: string): string => file.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
