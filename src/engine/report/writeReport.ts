import { join } from 'node:path';
import type { EvaluationReport } from '../../shared/evaluation/evaluationReport.ts';
import { writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';

export const reportFile = (folder: string): string => join(folder, 'report.json');

/** Writes `report.json`; returns its path. Throws a UserError where that is impossible. */
export async function writeReport(folder: string, report: EvaluationReport): Promise<string> {
  const file = reportFile(folder);
  try {
    await replaceFile(file, `${JSON.stringify(report, undefined, 1)}\n`);
  } catch (error) {
    throw writeError(error, file, 'the report');
  }
  return file;
}
