import * as vscode from 'vscode';
import type { CommandId } from '../../shared/contributions.ts';
import { UserError } from '../../shared/problem.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Log } from './log.ts';

/** Where failures end: every command, provider and handler runs inside it, so none can fail unseen. */
export interface Edge {
  /** Runs a piece of work; a failure is shown and logged, and gives undefined. `what` names the work: "Training". */
  guard<T>(what: string, work: () => T | Promise<T>): Promise<T | undefined>;
  /** The same without a message to the user, for what runs in the background. */
  quiet<T>(what: string, work: () => T | Promise<T>): Promise<T | undefined>;
  registerCommand<P extends unknown[]>(
    scope: Scope,
    id: CommandId,
    what: string,
    run: (...parameters: P) => unknown,
  ): void;
}

export function createEdge(log: Log): Edge {
  const guard: Edge['guard'] = async (what, work) => {
    try {
      return await work();
    } catch (error) {
      // What the dialog is answered must not hold up the caller.
      void showFailure(what, error, log);
      return undefined;
    }
  };
  return {
    guard,
    async quiet(what, work) {
      try {
        return await work();
      } catch (error) {
        logFailure(what, error, log);
        return undefined;
      }
    },
    registerCommand(scope, id, what, run) {
      scope.add(
        vscode.commands.registerCommand(id, (...parameters: unknown[]) =>
          guard(what, () => run(...(parameters as Parameters<typeof run>))),
        ),
      );
    },
  };
}

async function showFailure(what: string, error: unknown, log: Log): Promise<void> {
  if (error instanceof vscode.CancellationError) return;
  logFailure(what, error, log);
  if (error instanceof UserError) {
    await vscode.window.showErrorMessage(error.message);
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  const choice = await vscode.window.showErrorMessage(`${what} failed: ${message}`, 'Show Log');
  if (choice) log.asr.show();
}

function logFailure(what: string, error: unknown, log: Log): void {
  if (error instanceof UserError) log.asr.warn(`${what}: ${error.message}`);
  else log.asr.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
