import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationReport } from '../../shared/evaluation/evaluationReport.ts';
import { parseReport } from '../../shared/evaluation/parseReport.ts';
import { UserError } from '../../shared/problem.ts';
import { fileError } from '../../training/fileError.ts';
import { reportFile } from './writeReport.ts';

/**
 * The report that an operand names: a `report.json`, a folder that holds one, or `git:<rev>:<path>`, where the path
 * counts from the root of the repository, or from here when it begins with `./`, as git has it. Undefined for what is
 * none of these, such as a model. Throws a UserError for a report that cannot be read.
 */
export async function readReport(operand: string): Promise<EvaluationReport | undefined> {
  if (operand.startsWith('git:')) return parsed(await readFromGit(operand), operand);
  const file = isFolder(operand) ? reportFile(operand) : operand;
  if (!file.endsWith('.json') || (file !== operand && !existsSync(file))) return undefined;
  try {
    return parsed(await readFile(file, 'utf8'), file);
  } catch (error) {
    throw fileError(error, file, 'the report');
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function parsed(text: string, source: string): EvaluationReport {
  const result = parseReport(text);
  if ('reason' in result) throw new UserError(`${source}: not a report of asr evaluate: ${result.reason}`);
  return result.report;
}

/** Larger than any report of an evaluation that fits a view. */
const largestReport = 1 << 29;

function readFromGit(operand: string): Promise<string> {
  const [, revision = '', ...rest] = operand.split(':');
  const path = rest.join(':');
  if (revision === '' || path === '' || revision.startsWith('-'))
    throw new UserError(`${operand}: expected git:<rev>:<path>, such as git:HEAD~1:${join('reports', 'report.json')}`);
  return new Promise((resolve, reject) => {
    // The object as it is: no pager, filter or driver that the repository's settings might name.
    const argv = ['--no-pager', 'cat-file', 'blob', `${revision}:${path}`];
    execFile('git', argv, { maxBuffer: largestReport, encoding: 'utf8' }, (error, out, errors) => {
      if (!error) resolve(out);
      else if (error.code === 'ENOENT') reject(new UserError(`${operand}: git is not installed`));
      else reject(new UserError(`${operand}: ${errors.trim().replace(/^fatal: /, '') || error.message}`));
    });
  });
}
