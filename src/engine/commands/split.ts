import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { splitDataset } from '../../asr/dataset/splitDataset.ts';
import { UserError } from '../../shared/problem.ts';
import type { ParsedArguments } from '../arguments.ts';
import { type LoadedDataset, loadDataset } from '../dataset/loadDataset.ts';
import { moveUtterance, type WrittenManifest, writeManifest } from '../dataset/writeManifest.ts';
import type { Terminal } from '../terminal.ts';

const partNames = ['train', 'dev', 'test'] as const;
const defaultShares = { train: 0.8, dev: 0.1, test: 0.1 };

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const shares = readShares(args);
  const outDir = args.text('out-dir')!;
  const files = partNames.filter((name) => shares[name] > 0).map((name) => join(outDir, `${name}.jsonl`));
  checkFiles(files, args.operands, args.flag('force'));
  const loaded: LoadedDataset[] = [];
  for (const file of args.operands) loaded.push(await loadDataset(file, terminal));
  const problems = loaded.flatMap((dataset) => dataset.problems);
  for (const problem of problems) terminal.report(problem);
  const parts = splitDataset(
    loaded.flatMap(({ utterances }) => utterances),
    {
      shares,
      seed: args.number('seed', { min: 0, integer: true }) ?? 1,
      stratify: args.text('stratify') === 'text' ? 'text' : 'duration',
      ignoreSpeakers: args.flag('ignore-speakers'),
    },
  );
  const manifests: (WrittenManifest & { part: string })[] = [];
  for (const name of partNames.filter((part) => shares[part] > 0)) {
    const file = join(outDir, `${name}.jsonl`);
    const written = await writeManifest(file, parts[name]!, (utterance) => moveUtterance(utterance, file));
    manifests.push({ part: name, ...written });
  }
  const excluded = loaded.reduce((sum, dataset) => sum + dataset.excluded, 0);
  const sharedSpeakers = countShared(Object.values(parts).map((part) => part.map(({ speaker }) => speaker)));
  for (const line of renderTable(manifests)) terminal.print(line);
  terminal.print(`speakers in several parts: ${sharedSpeakers}`);
  if (excluded > 0) terminal.print(`${excluded} excluded utterances are in no part`);
  terminal.result({ manifests, sharedSpeakers, excluded, problems });
  return 0;
}

function readShares(args: ParsedArguments): Record<(typeof partNames)[number], number> {
  const read = (name: (typeof partNames)[number]) => args.number(name, { min: 0, max: 1 });
  const given = { train: read('train'), dev: read('dev'), test: read('test') };
  if (Object.values(given).every((share) => share === undefined)) return defaultShares;
  const others = (given.dev ?? 0) + (given.test ?? 0);
  const train = given.train ?? 1 - others;
  if (train < 0 || train + others > 1 + 1e-9)
    throw new UserError(`the shares add up to ${(train + others).toFixed(2)}; at most 1`);
  return { train, dev: given.dev ?? 0, test: given.test ?? 0 };
}

/** The sources are never written to, whatever is asked. */
function checkFiles(files: readonly string[], sources: readonly string[], force: boolean): void {
  const realPath = (file: string) => (existsSync(file) ? realpathSync(file) : resolve(file));
  const read = new Set(sources.map(realPath));
  for (const file of files) {
    if (read.has(realPath(file)))
      throw new UserError(`${file} is the manifest that is split; give another folder with --out-dir`);
    if (!force && existsSync(file)) throw new UserError(`${file} is there already; --force overwrites it`);
  }
}

function countShared(parts: (string | undefined)[][]): number {
  const partsOf = new Map<string, number>();
  for (const part of parts)
    for (const speaker of new Set(part))
      if (speaker !== undefined) partsOf.set(speaker, (partsOf.get(speaker) ?? 0) + 1);
  return [...partsOf.values()].filter((count) => count > 1).length;
}

function renderTable(manifests: readonly (WrittenManifest & { part: string })[]): string[] {
  const total = manifests.reduce((sum, { durationSec }) => sum + durationSec, 0);
  return manifests.map(({ part, file, utterances, durationSec, speakers }) => {
    const share = total > 0 ? `${((100 * durationSec) / total).toFixed(1)} %` : '–';
    return `${part.padEnd(6)}${(durationSec / 3600).toFixed(2)} h (${share}), ${utterances} utterances, ${speakers} speakers: ${file}`;
  });
}
