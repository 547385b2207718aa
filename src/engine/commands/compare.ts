import { interval, percent } from '../../asr/evaluation/cardRows.ts';
import { compareReports } from '../../asr/evaluation/compareReports.ts';
import type { EvaluationReport, ModelComparison } from '../../shared/evaluation/evaluationReport.ts';
import { UserError } from '../../shared/problem.ts';
import { makeFolder } from '../../training/fileError.ts';
import type { ParsedArguments } from '../arguments.ts';
import { decoderOptions } from '../commandRows/commandRow.ts';
import { signedPoints } from '../report/comparisonPage.ts';
import { readReport } from '../report/readReport.ts';
import { writeComparison } from '../report/writeReport.ts';
import type { Terminal } from '../terminal.ts';
import { evaluateModels } from './evaluate.ts';

/** Utterances shown of each kind of change; the files have all. */
const shownUtterances = 10;

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const outDir = args.text('out-dir');
  if (outDir !== undefined) makeFolder(outDir, 'the comparison');
  const reports: EvaluationReport[] = [];
  for (const operand of args.operands)
    reports.push((await readReport(operand)) ?? (await evaluateOne(operand, args, terminal)));
  const [before, after] = reports as [EvaluationReport, EvaluationReport];
  const comparison = compareReports(before, after);
  if (comparison.utterances.length === 0)
    throw new UserError('the two reports have no utterance in common; evaluate both on the same manifest');
  warnOfDifferences(comparison, terminal);
  printComparison(comparison, terminal);
  if (outDir !== undefined) terminal.print(`wrote ${(await writeComparison(outDir, comparison)).join(' and ')}`);
  terminal.result(comparison);
  return 0;
}

async function evaluateOne(path: string, args: ParsedArguments, terminal: Terminal): Promise<EvaluationReport> {
  const manifest = args.text('manifest');
  if (manifest === undefined)
    throw new UserError(`${path}: a model is compared over a manifest; add --manifest, or give a report.json`);
  const options = ['manifest', ...Object.keys(decoderOptions), 'threads'].flatMap((name) => {
    const value = args.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const command = ['asr', 'evaluate', path, ...options];
  return (await evaluateModels({ paths: [path], snr: false, command }, args, terminal)).report;
}

/** What makes a difference say less than it seems to. */
function warnOfDifferences({ before, after, utterances, ...rest }: ModelComparison, terminal: Terminal): void {
  const warn = (message: string) => terminal.report({ code: 'compared-data', severity: 'warning', message });
  if (before.manifest.sha256 !== after.manifest.sha256)
    warn(`the reports are of different data: ${before.manifest.path} and ${after.manifest.path} differ`);
  const alone = rest.onlyBefore.length + rest.onlyAfter.length;
  if (alone > 0) warn(`${alone} utterances are in one of the reports only and are left out of the comparison`);
  const others = utterances.filter((pair) => pair.before.reference !== pair.after.reference);
  if (others.length > 0)
    warn(
      `${others.length} utterances have another reference, such as ${others[0]!.id}: their transcripts or the text settings changed`,
    );
}

function printComparison(
  { scores, significance, utterances, before, after }: ModelComparison,
  terminal: Terminal,
): void {
  for (const [side, card, own] of [
    ['before', before, scores.before],
    ['after', after, scores.after],
  ] as const)
    terminal.print(
      `${side.padEnd(6)} WER ${percent(own.wer)} (95 % interval ${interval(own.interval95)}), ${card.model.path}`,
    );
  const { difference, interval95, p, method } = significance;
  const [low, high] = interval95.map(signedPoints);
  terminal.print(
    `difference ${signedPoints(difference)} (95 % interval ${low} to ${high}), p = ${p.toPrecision(2)} (matched pairs, two-sided, ${method}), ${significance.utterances} utterances`,
  );
  for (const change of ['fixed', 'better', 'worse', 'broken', 'different', 'same'] as const) {
    const own = utterances.filter((pair) => pair.change === change);
    terminal.print(`${change}: ${own.length}`);
    if (change === 'same') continue;
    for (const pair of own.slice(0, shownUtterances)) {
      terminal.print(`  ${pair.id}`);
      terminal.print(`    said    ${pair.after.reference}`);
      terminal.print(`    before  ${pair.before.hypothesis}`);
      terminal.print(`    after   ${pair.after.hypothesis}`);
    }
  }
}
