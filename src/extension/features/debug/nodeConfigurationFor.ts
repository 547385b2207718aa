import type { Invocation } from '../../../shared/contributions.ts';
import { engineArguments } from '../../services/engineArguments.ts';

export interface AsrConfiguration extends Invocation {
  name: string;
  stopOnEntry?: boolean;
  env?: Record<string, string>;
  cwd?: string;
}

export interface DebuggedProgram {
  node: string;
  script: string;
  environment: Record<string, string>;
}

/** The same engine call as a configuration of VS Code's JavaScript debugger. */
export function nodeConfigurationFor(configuration: AsrConfiguration, program: DebuggedProgram) {
  const { name, stopOnEntry, env, cwd } = configuration;
  const dist = program.script.replace(/[\\/][^\\/]*$/, '');
  return {
    type: 'node',
    request: 'launch',
    name,
    runtimeExecutable: program.node,
    program: program.script,
    args: engineArguments(configuration),
    env: { ...env, ...program.environment },
    ...(cwd ? { cwd } : {}),
    console: 'integratedTerminal',
    stopOnEntry: stopOnEntry ?? false,
    sourceMaps: true,
    // Breakpoints are set in the sources; these say which bundles they may be in, and whose maps are believed.
    outFiles: [`${dist}/**/*.js`, `${dist}/**/*.cjs`],
    resolveSourceMapLocations: [`${dist}/**`],
    skipFiles: ['<node_internals>/**', '**/node_modules/**'],
    autoAttachChildProcesses: true,
  };
}
