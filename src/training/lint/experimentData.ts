import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { trainBpe } from '../../asr/bpe.ts';
import {
  type AudioReader,
  type CheckMonitor,
  checkData,
  type DataDemands,
  type DataReport,
} from '../../asr/lint/dataRules.ts';
import { parseManifest, type Utterance } from '../../asr/manifest.ts';
import { createCharTokenizer, createTokenizer, type Tokenizer } from '../../asr/tokenizer.ts';
import { createFeatureExtractor } from '../../dsp/features.ts';
import { outputFrames } from '../../nn/models/index.ts';
import type { ParsedExperiment } from '../../shared/config/parseExperiment.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Problem } from '../../shared/problem.ts';
import { UserError } from '../../shared/problem.ts';
import { lengthAtSpeed } from '../data/clipReader.ts';
import { type OpenTexts, readManifestText } from './readDocument.ts';

export interface ExperimentData {
  train: Utterance[];
  dev: Utterance[];
  excluded: number;
  /** Manifests that were read, as absolute paths. */
  files: string[];
  /** Of the manifests as such. */
  problems: Problem[];
}

/** The manifests of an experiment; one that cannot be read is a problem where the config names it. */
export async function readExperimentData(
  experiment: Experiment,
  parsed: ParsedExperiment,
  file: string,
  texts: OpenTexts = new Map(),
): Promise<ExperimentData> {
  const data: ExperimentData = { train: [], dev: [], excluded: 0, files: [], problems: [] };
  for (const split of ['train', 'dev'] as const) {
    for (const [i, name] of experiment.data[split].entries()) {
      const path = isAbsolute(name) ? name : join(dirname(file), name);
      try {
        const manifest = parseManifest(await readManifestText(resolve(dirname(file), name), texts), path);
        data.files.push(resolve(path));
        for (const problem of manifest.problems) data.problems.push(problem);
        for (const utterance of manifest.utterances) data[split].push(utterance);
        data.excluded += manifest.excluded;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const place = parsed.locate(['data', split, i]);
        data.problems.push({ code: 'manifest-missing', severity: 'error', message: error.message, file, ...place });
      }
    }
  }
  const { languageModel } = experiment.decoding;
  if (languageModel !== null && !existsSync(resolve(dirname(file), languageModel))) {
    const message = `language model ${languageModel}: there is no such file`;
    const place = parsed.locate(['decoding', 'languageModel']);
    data.problems.push({ code: 'lm-missing', severity: 'error', message, file, ...place });
  }
  return data;
}

/** Checks what was read; findings without a line of their own stand at the config's data section, where they are mended. */
export async function checkExperimentData(
  experiment: Experiment,
  parsed: ParsedExperiment,
  file: string,
  data: ExperimentData,
  reader: AudioReader,
  monitor: CheckMonitor = {},
): Promise<DataReport> {
  const place = { file, ...parsed.locate(['data'], 'key') };
  const placed = (problem: Problem) => (problem.file === undefined ? { ...problem, ...place } : problem);
  const early: Problem[] = [...data.problems];
  const tokenizer = tokenizerFor(experiment, data.train, (problem) =>
    early.push({ ...problem, file, ...parsed.locate(['tokenizer', 'vocabularySize']) }),
  );
  monitor.found?.(early);
  const report = await checkData(data, await demandsOf(experiment, tokenizer), reader, {
    ...monitor,
    found: (problems) => monitor.found?.(problems.map(placed)),
  });
  return { ...report, problems: [...early, ...report.problems.map(placed)] };
}

async function demandsOf(
  { features, model, augment, data, loss }: Experiment,
  tokenizer: Tokenizer,
): Promise<DataDemands> {
  const { frameCount } = await createFeatureExtractor(features);
  const { sampleRateHz } = features;
  return {
    sampleRateHz,
    limits: {
      tokenizer,
      maxDurationSec: data.maxDurationSec,
      fastestSpeed: Math.max(...augment.speed),
      loss,
      outputFrames: (durationSec, speed) =>
        outputFrames(model, frameCount(lengthAtSpeed(Math.round(durationSec * sampleRateHz), speed))),
    },
  };
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
