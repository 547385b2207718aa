import { join } from 'node:path';
import type { EvaluationReport, ModelComparison } from '../../shared/evaluation/evaluationReport.ts';
import { writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { comparisonPage } from './comparisonPage.ts';
import { reportPage } from './reportPage.ts';

export const reportFile = (folder: string): string => join(folder, 'report.json');

/** Writes `report.json` and `report.html`; returns their paths. Throws a UserError where that is impossible. */
export async function writeReport(folder: string, report: EvaluationReport): Promise<string[]> {
  return [
    await write(reportFile(folder), `${JSON.stringify(report, undefined, 1)}\n`),
    await write(join(folder, 'report.html'), reportPage(report)),
  ];
}

export const comparisonFile = (folder: string): string => join(folder, 'comparison.json');

/** Writes `comparison.json` and `comparison.html`, as `writeReport` does. */
export async function writeComparison(folder: string, comparison: ModelComparison): Promise<string[]> {
  return [
    await write(comparisonFile(folder), `${JSON.stringify(comparison, undefined, 1)}\n`),
    await write(join(folder, 'comparison.html'), comparisonPage(comparison)),
  ];
}

async function write(file: string, content: string): Promise<string> {
  try {
    await replaceFile(file, content);
  } catch (error) {
    throw writeError(error, file, 'the report');
  }
  return file;
}
