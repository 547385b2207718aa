import { describeDatasets } from '../../asr/dataset/datasetStatistics.ts';
import type { ParsedArguments } from '../arguments.ts';
import { hearDataset, type LoadedDataset, loadDataset } from '../dataset/loadDataset.ts';
import { type DescribedDataset, renderStatistics } from '../dataset/renderStatistics.ts';
import type { Terminal } from '../terminal.ts';

/** Problems of one manifest that are shown; `asr lint` tells all. */
const shownProblems = 10;

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const loaded: LoadedDataset[] = [];
  for (const file of args.operands) loaded.push(await loadDataset(file, terminal));
  const described: DescribedDataset[] = describeDatasets(
    loaded.map((dataset) => ({ ...dataset, problems: dataset.problems.length })),
  );
  for (const [index, { utterances, problems }] of loaded.entries()) {
    if (args.flag('levels')) {
      const heard = await hearDataset(utterances, terminal);
      described[index]!.levels = heard.levels;
      problems.push(...heard.problems);
    }
    for (const problem of problems.slice(0, shownProblems)) terminal.report(problem);
    if (problems.length > shownProblems) terminal.note(`… and ${problems.length - shownProblems} more`);
  }
  for (const line of renderStatistics(described)) terminal.print(line);
  terminal.result(described.map((dataset, index) => ({ file: loaded[index]!.file, ...dataset })));
  return 0;
}
