import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describeNormalization } from '../../asr/evaluation/describeNormalization.ts';
import type { CardModel, ResultCard } from '../../shared/evaluation/evaluationReport.ts';
import { checkpointFiles } from '../../shared/run/layout.ts';
import { fileError } from '../../training/fileError.ts';
import type { OpenedModel } from '../model/openModel.ts';
import { engineVersion } from '../version.ts';

export interface CardParts {
  /** As the user named them, in order. */
  paths: readonly string[];
  models: readonly OpenedModel[];
  /** What was measured: a model's source, or the way several were combined. */
  source: string;
  manifest: string;
  /** Of the utterances that were scored. */
  scored: { utterances: number; durationSec: number; speakers: number };
  decoder: string;
  languageModel: ResultCard['languageModel'];
  threads: number;
  runtimeVersion: string;
  date: Date;
  /** The command line, program name first. */
  command: readonly string[];
}

/** Everything needed to repeat a figure, read from the files that were used; a UserError where one is gone meanwhile. */
export async function resultCard(parts: CardParts): Promise<ResultCard> {
  const { models, paths, manifest, scored } = parts;
  const members: CardModel[] = [];
  for (const [i, model] of models.entries()) members.push(await describeModel(paths[i]!, model));
  const [first] = models;
  const { experiment } = first!;
  return {
    model: members.length === 1 ? members[0]! : combine(members, parts.source),
    ...(members.length === 1 ? {} : { members }),
    manifest: { path: manifest, sha256: await hashFile(manifest, 'manifest'), ...scored },
    decoder: parts.decoder,
    languageModel: parts.languageModel,
    normalization: describeNormalization(first!.metadata.text),
    seed: members.length === 1 ? (experiment?.seed ?? null) : null,
    training:
      experiment && members.length === 1
        ? { epochs: experiment.training.epochs, manifests: experiment.data.train }
        : null,
    machine: {
      cpu: cpus()[0]?.model.trim() || 'unknown',
      cores: cpus().length,
      threads: parts.threads,
      platform: `${process.platform}-${process.arch}`,
      memoryBytes: totalmem(),
    },
    engineVersion: engineVersion(),
    runtimeVersion: `onnxruntime ${parts.runtimeVersion}, Node ${process.versions.node}`,
    date: parts.date.toISOString(),
    command: [...parts.command],
  };
}

async function describeModel(path: string, { source, metadata, weights, experiment }: OpenedModel): Promise<CardModel> {
  const isDirectory = existsSync(source) && statSync(source).isDirectory();
  return {
    path,
    source: resolve(source),
    name: metadata.name,
    parameters: weights ? weights.parameters.length : null,
    weightsSha256: await hashFile(isDirectory ? join(source, checkpointFiles.model) : source, 'model'),
    seed: experiment?.seed ?? null,
  };
}

/** Several models as one: named together, and its hash is that of their hashes in order. */
function combine(members: readonly CardModel[], source: string): CardModel {
  const counts = members.map(({ parameters }) => parameters);
  const known = counts.filter((count) => count !== null);
  return {
    path: members.map(({ path }) => path).join(' '),
    source,
    name: members.map(({ name }) => name).join(' + '),
    parameters: known.length === counts.length ? known.reduce((sum, count) => sum + count, 0) : null,
    weightsSha256: createHash('sha256')
      .update(members.map(({ weightsSha256 }) => weightsSha256).join('\n'))
      .digest('hex'),
    seed: null,
  };
}

async function hashFile(file: string, what: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw fileError(error, file, what);
  }
  return hash.digest('hex');
}
