import { stat } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { type ConfiguredMemory, configuredMemory } from '../../analysis/configuredMemory.ts';
import { kindByName } from '../../asr/documents/dataDocument.ts';
import { type AudioReader, type CheckMonitor, checkData } from '../../asr/lint/dataRules.ts';
import { experimentRules } from '../../asr/lint/experimentRules.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import type { ParsedExperiment } from '../../shared/config/parseExperiment.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { type ClipRange, clipProblem, probeClip } from '../../training/data/clipReader.ts';
import { loadNoise } from '../../training/data/noiseSet.ts';
import { createAudioReader } from '../../training/lint/audioReader.ts';
import { checkExperimentData, readExperimentData } from '../../training/lint/experimentData.ts';
import { openFactCache } from '../../training/lint/factCache.ts';
import { documentOf, readDocument } from '../../training/lint/readDocument.ts';
import type { ParsedArguments } from '../arguments.ts';
import { listFiles } from '../corpora/corpus.ts';
import { readExperimentFile } from '../experimentFile.ts';
import type { Terminal } from '../terminal.ts';
import { renderBytes } from '../train/memoryPlan.ts';

/** Problems of one code that a person sees one by one; `--json` has all. */
const SHOWN_PER_CODE = 20;

/** Each operand is a config, a document that lists recordings, or a folder of such documents. */
export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const problems: Problem[] = [];
  const summaries: string[] = [];
  for (const operand of args.operands) {
    const isFolder = await stat(operand).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) await lintFolder(operand, args.flag('samples'), problems, summaries, terminal);
    else if (!kindByName(basename(operand))) await lintConfig(operand, args, problems, summaries, terminal);
    else if (!(await lintDocument(operand, args.flag('samples'), problems, summaries, terminal)))
      throw new UserError(
        `${operand}: lists no recordings; a manifest has "audio_filepath" on each line, a table a heading with path and sentence, a Kaldi directory wav.scp and text`,
      );
  }
  show(problems, terminal);
  for (const summary of summaries) terminal.print(summary);
  const count = (severity: Problem['severity']) => problems.filter((problem) => problem.severity === severity).length;
  terminal.print(`${count('error')} errors, ${count('warning')} warnings, ${count('info')} remarks`);
  terminal.result(problems);
  return count('error') > 0 ? 1 : 0;
}

async function lintConfig(
  file: string,
  args: ParsedArguments,
  problems: Problem[],
  summaries: string[],
  terminal: Terminal,
): Promise<void> {
  const parsed = await readExperimentFile(file, args.texts('set'));
  const before = problems.length;
  problems.push(...parsed.problems, ...lintExperiment(parsed, file, experimentRules));
  const { experiment } = parsed;
  if (!experiment) return;
  if (!args.flag('config-only')) {
    const data = await readExperimentData(experiment, parsed, file);
    const reader = createReader(args.flag('samples'));
    const report = await checkExperimentData(experiment, parsed, file, data, reader, progressOn(terminal));
    terminal.progress('');
    for (const problem of report.problems) problems.push(problem);
    problems.push(...(await lintNoise(experiment, parsed, file)));
    const part = (split: 'train' | 'dev') =>
      `${report.usable[split]} utterances (${(report.durationSec[split] / 60).toFixed(1)} min)`;
    const excluded = data.excluded > 0 ? `; ${data.excluded} excluded` : '';
    summaries.push(`usable: ${part('train')} for training, ${part('dev')} for development${excluded}`);
  }
  if (!problems.slice(before).some(({ severity }) => severity === 'error'))
    summaries.push(renderForecast(configuredMemory(experiment)));
}

/** Documents by themselves, without an experiment to measure them against. */
async function lintFolder(
  folder: string,
  samples: boolean,
  problems: Problem[],
  summaries: string[],
  terminal: Terminal,
): Promise<void> {
  const before = summaries.length;
  const unreadable = (inner: string, { message }: Error) =>
    problems.push({ code: 'folder-unreadable', severity: 'warning', message, file: inner });
  for (const file of await listFiles(folder, unreadable)) {
    const outside = file.split(sep).some((name) => name === 'node_modules' || name === '.git' || name === 'runs');
    if (!outside && documentOf(file) === file) await lintDocument(file, samples, problems, summaries, terminal);
  }
  if (summaries.length === before) summaries.push(`${folder}: no document that lists recordings`);
}

/** False for a document that lists no recordings. */
async function lintDocument(
  file: string,
  samples: boolean,
  problems: Problem[],
  summaries: string[],
  terminal: Terminal,
): Promise<boolean> {
  const document = await readDocument(file);
  if (!document) return false;
  const reader = createReader(samples);
  const data = { train: document.utterances, dev: [] };
  const report = await checkData(data, undefined, reader, progressOn(terminal));
  terminal.progress('');
  for (const problem of [...document.problems, ...report.problems]) problems.push(problem);
  const usable = `${report.usable.train} utterances (${(report.durationSec.train / 60).toFixed(1)} min)`;
  const excluded = document.excluded > 0 ? `; ${document.excluded} excluded` : '';
  summaries.push(`${file}: ${usable} usable of ${document.utterances.length}${excluded}`);
  return true;
}

/** Nothing is kept beyond the command, but parts of one recording share what is found out about it. */
function createReader(content: boolean): AudioReader {
  const cache = openFactCache();
  return createAudioReader({ cache: () => cache, content });
}

const progressOn = (terminal: Terminal): CheckMonitor => ({
  progress: (stage, done, all) =>
    terminal.progress(`${stage === 'headers' ? 'checking' : 'listening to'} ${done} of ${all} recordings`),
});

const renderForecast = ({ peakBytes, utterances, durationSec }: ConfiguredMemory) =>
  `memory: training takes up to ${renderBytes(peakBytes)} by forecast, in batches such as ${utterances} × ${durationSec.toFixed(1)} s`;

/** Headers of the noise recordings. */
async function lintNoise(experiment: Experiment, parsed: ParsedExperiment, file: string): Promise<Problem[]> {
  const { sampleRateHz } = experiment.features;
  const probe = (clip: ClipRange) =>
    probeClip(clip, sampleRateHz).catch((error: unknown) => clipProblem(error, clip.file));
  const files = experiment.augment.noise.files.map((name) => resolve(dirname(file), name));
  const { problems } = await loadNoise(files, (clips) => Promise.all(clips.map(probe)));
  return problems.map(({ entry, ...problem }) =>
    problem.file === undefined ? { ...problem, file, ...parsed.locate(['augment', 'noise', 'files', entry]) } : problem,
  );
}

function show(problems: readonly Problem[], terminal: Terminal): void {
  const shown = new Map<string, number>();
  for (const problem of problems) {
    const already = shown.get(problem.code) ?? 0;
    shown.set(problem.code, already + 1);
    if (already < SHOWN_PER_CODE) terminal.report(problem);
  }
  for (const [code, count] of shown) {
    if (count > SHOWN_PER_CODE) terminal.note(`… and ${count - SHOWN_PER_CODE} more ${code}; --json lists all`);
  }
}
