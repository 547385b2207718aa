import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type ConfiguredMemory, configuredMemory } from '../../analysis/configuredMemory.ts';
import { trainBpe } from '../../asr/bpe.ts';
import { type AudioReader, checkData, type DataReport } from '../../asr/lint/dataRules.ts';
import { experimentRules } from '../../asr/lint/experimentRules.ts';
import { parseManifest, type Utterance } from '../../asr/manifest.ts';
import { createCharTokenizer, createTokenizer, type Tokenizer } from '../../asr/tokenizer.ts';
import { openAudio } from '../../dsp/audioFile.ts';
import { createFeatureExtractor } from '../../dsp/features.ts';
import { nameProblems } from '../../dsp/inspectAudio.ts';
import { outputFrames } from '../../nn/models/index.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import type { ParsedExperiment } from '../../shared/config/parseExperiment.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { type ClipRange, clipProblem, inspectClip, lengthAtSpeed, probeClip } from '../../training/data/clipReader.ts';
import { withFile } from '../../training/data/fileSource.ts';
import { loadNoise } from '../../training/data/noiseSet.ts';
import type { ParsedArguments } from '../arguments.ts';
import { readExperimentFile, readUserFile } from '../experimentFile.ts';
import type { Terminal } from '../terminal.ts';
import { renderBytes } from '../train/memoryPlan.ts';

/** Problems of one code that a person sees one by one; `--json` has all. */
const SHOWN_PER_CODE = 20;

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const file = args.operands[0]!;
  const parsed = await readExperimentFile(file, args.texts('set'));
  const problems = [...parsed.problems, ...lintExperiment(parsed, file, experimentRules)];
  let report: (DataReport & { excluded: number }) | undefined;
  if (parsed.experiment && !args.flag('config-only')) {
    report = await lintData(parsed.experiment, parsed, file, args.flag('samples'), problems, terminal);
    problems.push(...(await lintNoise(parsed.experiment, parsed, file)));
  }
  show(problems, terminal);
  const count = (severity: Problem['severity']) => problems.filter((problem) => problem.severity === severity).length;
  if (report) {
    const part = (split: 'train' | 'dev') =>
      `${report.usable[split]} utterances (${(report.durationSec[split] / 60).toFixed(1)} min)`;
    const excluded = report.excluded > 0 ? `; ${report.excluded} excluded` : '';
    terminal.print(`usable: ${part('train')} for training, ${part('dev')} for development${excluded}`);
  }
  if (parsed.experiment && count('error') === 0) terminal.print(renderForecast(configuredMemory(parsed.experiment)));
  terminal.print(`${count('error')} errors, ${count('warning')} warnings, ${count('info')} remarks`);
  terminal.result(problems);
  return count('error') > 0 ? 1 : 0;
}

const renderForecast = ({ peakBytes, utterances, durationSec }: ConfiguredMemory) =>
  `memory: training takes up to ${renderBytes(peakBytes)} by forecast, in batches such as ${utterances} × ${durationSec.toFixed(1)} s`;

async function lintData(
  experiment: Experiment,
  parsed: ParsedExperiment,
  file: string,
  samples: boolean,
  problems: Problem[],
  terminal: Terminal,
): Promise<DataReport & { excluded: number }> {
  let excluded = 0;
  const load = async (split: 'train' | 'dev') => {
    const utterances: Utterance[] = [];
    for (const [i, name] of experiment.data[split].entries()) {
      const path = isAbsolute(name) ? name : join(dirname(file), name);
      try {
        const manifest = parseManifest(await readUserFile(resolve(dirname(file), name), 'manifest'), path);
        problems.push(...manifest.problems);
        utterances.push(...manifest.utterances);
        excluded += manifest.excluded;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const place = parsed.locate(['data', split, i]);
        problems.push({ code: 'manifest-missing', severity: 'error', message: error.message, file, ...place });
      }
    }
    return utterances;
  };
  const data = { train: await load('train'), dev: await load('dev') };
  const { features, model, augment } = experiment;
  const { frameCount } = await createFeatureExtractor(features);
  const limits = {
    tokenizer: tokenizerFor(experiment, data.train, (problem) =>
      problems.push({ ...problem, file, ...parsed.locate(['tokenizer', 'vocabularySize']) }),
    ),
    maxDurationSec: experiment.data.maxDurationSec,
    fastestSpeed: Math.max(...augment.speed),
    loss: experiment.loss,
    outputFrames: (durationSec: number, speed: number) =>
      outputFrames(model, frameCount(lengthAtSpeed(Math.round(durationSec * features.sampleRateHz), speed))),
  };
  const reader = createReader(samples);
  const report = await checkData(data, limits, features.sampleRateHz, reader, (done, all) =>
    terminal.progress(`checking ${done} of ${all} recordings`),
  );
  terminal.progress('');
  // Findings about the whole set have no line of their own: the config's data section is where they are mended.
  const place = { file, ...parsed.locate(['data'], 'key') };
  problems.push(...report.problems.map((problem) => (problem.file === undefined ? { ...problem, ...place } : problem)));
  return { ...report, excluded };
}

/** As training makes it; where the transcripts are too few for the vocabulary, with the largest they give. */
function tokenizerFor(
  { text, tokenizer }: Experiment,
  train: readonly Utterance[],
  report: (problem: Problem) => void,
): Tokenizer {
  if (tokenizer.type === 'char') return createCharTokenizer(text);
  const texts = train.map((utterance) => utterance.text);
  const { vocabulary, problem } = trainBpe(texts, text, tokenizer.vocabularySize);
  if (problem) report(problem);
  return createTokenizer(vocabulary, text);
}

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

function createReader(samples: boolean): AudioReader {
  const rangeOf = ({ file, audioFilepath, offsetSec, durationSec }: Utterance): ClipRange => ({
    file: resolve(dirname(file), audioFilepath),
    ...(offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) }),
  });
  const guarded = async <T>(utterance: Utterance, read: (range: ClipRange) => Promise<T>): Promise<T> => {
    const range = rangeOf(utterance);
    try {
      return await read(range);
    } catch (error) {
      const problem = clipProblem(error, utterance.audioFilepath);
      throw new UserError(problem.message, [problem]);
    }
  };
  const info = (utterance: Utterance) =>
    guarded(utterance, (range) =>
      withFile(range.file, async (source) => {
        const { info } = await openAudio(source);
        return { ...info, problems: [...info.problems, ...nameProblems(range.file, info)] };
      }),
    );
  return samples ? { info, samples: (utterance) => guarded(utterance, inspectClip) } : { info };
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
