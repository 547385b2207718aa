import * as vscode from 'vscode';
import type { Problem } from '../../../shared/problem.ts';
import type { Scope } from '../../../shared/scope.ts';
import { ProblemDiagnostic } from '../../services/problems.ts';
import { problemsPerFile } from './lintProtocol.ts';

/** Problems of every target that is or was checked, in the Problems panel. A file can belong to several targets. */
export interface ProblemStore {
  /**
   * A check begins: what is shown of an earlier one stays until `settle`, so that nothing flickers while one types.
   * Returns whether there was an earlier one.
   */
  begin(target: string): boolean;
  add(target: string, problems: readonly Problem[]): void;
  /** What was added takes the place of what an earlier check found. */
  settle(target: string): void;
  end(target: string, held: readonly [file: string, count: number][]): void;
  drop(target: string): void;
}

const publishMs = 100;

interface Findings {
  shown: Map<string, Problem[]>;
  /** Of the check that is going on, while an earlier one is still shown. */
  coming: Map<string, Problem[]> | undefined;
}

export function createProblemStore(scope: Scope): ProblemStore {
  const targets = new Map<string, Findings>();
  // Of one collection VS Code shows a thousand problems, whatever the number of files.
  const collections = new Map<string, vscode.DiagnosticCollection>();
  const stale = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  scope.add(() => {
    clearTimeout(timer);
    for (const collection of collections.values()) collection.dispose();
  });

  const publish = (file: string): void => {
    const problems = distinct([...targets.values()].flatMap(({ shown }) => shown.get(file) ?? []));
    if (problems.length === 0) {
      collections.get(file)?.dispose();
      collections.delete(file);
      return;
    }
    let collection = collections.get(file);
    if (!collection) {
      collection = vscode.languages.createDiagnosticCollection('asr-data');
      collections.set(file, collection);
    }
    const diagnostics = problems.slice(0, problemsPerFile).map((problem) => new ProblemDiagnostic(problem));
    collection.set(vscode.Uri.file(file), diagnostics);
  };
  const soon = (files: Iterable<string>): void => {
    for (const file of files) stale.add(file);
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const file of stale) publish(file);
      stale.clear();
    }, publishMs);
  };
  const settle = (target: string): void => {
    const findings = targets.get(target);
    if (!findings?.coming) return;
    const { shown, coming } = findings;
    targets.set(target, { shown: coming, coming: undefined });
    soon([...shown.keys(), ...coming.keys()]);
  };
  const add = (target: string, problems: readonly Problem[]): void => {
    const findings = targets.get(target);
    if (!findings) return;
    const into = findings.coming ?? findings.shown;
    for (const problem of problems) {
      const file = problem.file ?? target;
      const known = into.get(file);
      if (known) known.push(problem);
      else into.set(file, [problem]);
    }
    if (!findings.coming) soon(problems.map(({ file }) => file ?? target));
  };
  return {
    begin(target) {
      const shown = targets.get(target)?.shown;
      targets.set(target, shown ? { shown, coming: new Map() } : { shown: new Map(), coming: undefined });
      return shown !== undefined;
    },
    add,
    settle,
    end(target, held) {
      settle(target);
      for (const [file, count] of held) {
        // The last one that is shown gives its place to the number of those that are not.
        targets.get(target)?.shown.get(file)?.pop();
        add(target, [heldProblem(file, count + 1)]);
      }
    },
    drop(target) {
      const files = targets.get(target)?.shown.keys();
      targets.delete(target);
      if (files) soon(files);
    },
  };
}

function heldProblem(file: string, count: number): Problem {
  const message = `${count} further problems are not shown; "asr lint" with --json lists all`;
  return { code: 'more', severity: 'info', message, file, line: 1, column: 1 };
}

/** A manifest of two experiments has most of its problems in both. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, line, column, message }) => {
    const key = `${line}:${column}:${code}:${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
