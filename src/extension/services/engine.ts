import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { SettingId } from '../../shared/contributions.ts';
import { UserError } from '../../shared/problem.ts';
import type { Log } from './log.ts';

/** How to start the engine or its launcher as a process of its own. */
export interface EngineProgram {
  node: string;
  script: string;
  environment: Record<string, string>;
}

export interface EngineResult {
  exitCode: number;
  /** What `--json` printed. */
  answer: unknown;
}

export interface Engine {
  /** Throws a UserError where no engine is packed for this platform. */
  program(script: 'engine' | 'launcher'): EngineProgram;
  /** Runs a short command with `--json` to its end. Exit code 1 is a UserError with the engine's own message. */
  ask(argumentList: string[], options: AskOptions): Promise<EngineResult>;
}

export interface AskOptions {
  cwd?: string;
  token?: vscode.CancellationToken;
  /** What the engine says it is doing, line by line. */
  progress?(line: string): void;
}

export function createEngine(extensionUri: vscode.Uri, log: Log): Engine {
  const dist = path.join(extensionUri.fsPath, 'dist');
  const program: Engine['program'] = (script) => {
    if (!vscode.workspace.isTrusted) throw new UserError('The engine runs only in a trusted workspace.');
    if (!fs.existsSync(path.join(dist, 'ort', 'onnxruntime_binding.node')))
      throw new UserError(
        `This installation has no engine for ${process.platform}-${process.arch}: recordings and experiments can be viewed, not trained.`,
      );
    const setting: SettingId = 'asr.engine.nodePath';
    const configured = vscode.workspace.getConfiguration().get<string>(setting, '').trim();
    // VS Code's own binary is Node when it is told so; a configured one needs no telling and ignores it.
    return {
      node: configured || process.execPath,
      script: path.join(dist, `${script}.js`),
      environment: { ELECTRON_RUN_AS_NODE: '1' },
    };
  };
  return {
    program,
    async ask(argumentList, { cwd, token, progress }) {
      const { node, script, environment } = program('engine');
      log.engine.info(`asr ${argumentList.join(' ')}`);
      const child = spawn(node, [script, ...argumentList, '--json'], {
        ...(cwd ? { cwd } : {}),
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      const cancelled = token?.onCancellationRequested(() => {
        // To kill one that could not be started would be to kill this process's whole group.
        if (child.pid !== undefined) child.kill();
      });
      let output = '';
      let errors = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors = (errors + text).slice(-20_000);
        const lines = text.split('\n').filter((line) => line.trim() !== '');
        for (const line of lines) log.engine.info(line);
        if (lines.length > 0) progress?.(lines.at(-1)!);
      });
      try {
        const exitCode = await new Promise<number | null>((resolve, reject) => {
          child.once('error', (error) =>
            reject(new UserError(`The engine could not be started (${node}): ${error.message}`)),
          );
          child.once('close', resolve);
        });
        if (token?.isCancellationRequested) throw new vscode.CancellationError();
        return readAnswer(argumentList[0]!, exitCode, output, errors);
      } finally {
        cancelled?.dispose();
      }
    },
  };
}

function readAnswer(command: string, exitCode: number | null, output: string, errors: string): EngineResult {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    answer = undefined;
  }
  if (exitCode === 0 && answer !== undefined) return { exitCode, answer };
  const said = messageOf(answer) ?? errors.trim().split('\n').at(-1);
  if (exitCode === 1) throw new UserError(said || `asr ${command} failed`);
  throw new Error(`asr ${command} ended with exit code ${exitCode}: ${said || 'no message'}`);
}

/** The engine answers a failure with `{ error: { message } }`. */
function messageOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { error } = answer;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : undefined;
}
