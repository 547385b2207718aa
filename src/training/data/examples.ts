import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { framesToTrain } from '../../asr/ctcFeasible.ts';
import { parseManifest, type Utterance } from '../../asr/manifest.ts';
import type { Tokenizer } from '../../asr/tokenizer.ts';
import { normalizeText } from '../../asr/transcript.ts';
import type { Experiment, FeatureSpec } from '../../shared/config/schema.ts';
import type { Problem } from '../../shared/problem.ts';
import { fileReason } from '../fileError.ts';
import { type ClipRange, lengthAtSpeed } from './clipReader.ts';
import type { FeatureResults } from './featureJobs.ts';

/** An utterance that can be trained on or scored. */
export interface Example {
  /** Unique over all manifests of a run; names its random stream. */
  key: string;
  audioFilepath: string;
  manifest: string;
  line: number;
  range: ClipRange;
  /** Length at the rate of the features, before speed perturbation. */
  samples: number;
  /** Normalised. */
  text: string;
  /** Absent in evaluation when the text has characters outside the alphabet: it is scored, but has no loss. */
  tokens?: Int32Array;
  speaker?: string;
}

export interface ExampleSet {
  examples: Example[];
  problems: Problem[];
  skipped: number;
  /** Of utterances that their manifests exclude. */
  excluded: number;
  totalSec: number;
}

export interface ExampleRules {
  experiment: Pick<Experiment, 'data' | 'text' | 'augment' | 'loss'> & { features: FeatureSpec };
  tokenizer: Tokenizer;
  /** Feature frames of so many samples, and output frames of so many feature frames. */
  frameCount(samples: number): number;
  outputFrames(frames: number): number;
  /** Training needs tokens, a length within limits and, where CTC is in the loss, its path at every speed; evaluation scores whatever can be heard. */
  purpose: 'train' | 'evaluate';
}

/** Reads headers; a feature pool can. */
export interface HeaderReader {
  run(job: { kind: 'probe'; clips: ClipRange[] }): Promise<FeatureResults['probe']>;
}

const probeChunk = 64;

/** Utterances of the manifests that are usable; each of the others is a problem with file and line. */
export async function loadExamples(
  files: readonly string[],
  rules: ExampleRules,
  pool: HeaderReader,
): Promise<ExampleSet> {
  const problems: Problem[] = [];
  const candidates: Candidate[] = [];
  let skipped = 0;
  let excluded = 0;
  for (const [index, file] of files.entries()) {
    const text = await readManifest(file, problems);
    if (text === undefined) continue;
    const manifest = parseManifest(text, file);
    problems.push(...manifest.problems);
    excluded += manifest.excluded;
    skipped += new Set(manifest.problems.filter((p) => p.severity === 'error').map((p) => p.line)).size;
    for (const utterance of manifest.utterances) {
      const read = readUtterance(utterance, index, rules);
      if ('severity' in read) {
        problems.push({ ...read, ...place(utterance) });
        skipped++;
      } else candidates.push(read);
    }
  }
  const usable = await probeAll(candidates, rules, pool, problems);
  const totalSamples = usable.reduce((sum, example) => sum + example.samples, 0);
  return {
    examples: usable,
    problems,
    skipped: skipped + candidates.length - usable.length,
    excluded,
    totalSec: totalSamples / rules.experiment.features.sampleRateHz,
  };
}

type Candidate = Omit<Example, 'samples'>;

async function readManifest(file: string, problems: Problem[]): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = fileReason(error);
    if (reason === undefined) throw error;
    const message = `cannot read the manifest: ${reason}`;
    problems.push({ code: 'manifest-missing', severity: 'error', message, file });
    return undefined;
  }
}

function place(utterance: Pick<Utterance, 'file' | 'line'>) {
  return { file: utterance.file, line: utterance.line, column: 1 };
}

/** Unique over all manifests of a run; names the utterance's random stream. */
export const utteranceKey = (manifestIndex: number, { id }: Utterance): string => `${manifestIndex}:${id}`;

/** Without an offset the whole file is the utterance; a stated duration is only checked by lint. */
export function utteranceRange({ file, audioFilepath, offsetSec, durationSec }: Utterance): ClipRange {
  return {
    file: resolve(dirname(file), audioFilepath),
    ...(offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) }),
  };
}

function readUtterance(utterance: Utterance, manifestIndex: number, rules: ExampleRules): Candidate | Problem {
  const encoded = rules.tokenizer.encode(utterance.text);
  const text = normalizeText(utterance.text, rules.experiment.text);
  if ('problem' in encoded && (rules.purpose === 'train' || text === '')) return encoded.problem;
  const { speaker } = utterance;
  return {
    key: utteranceKey(manifestIndex, utterance),
    audioFilepath: utterance.audioFilepath,
    manifest: utterance.file,
    line: utterance.line,
    range: utteranceRange(utterance),
    text,
    ...('tokens' in encoded ? { tokens: encoded.tokens } : {}),
    ...(speaker === undefined ? {} : { speaker }),
  };
}

async function probeAll(
  candidates: Candidate[],
  rules: ExampleRules,
  pool: HeaderReader,
  problems: Problem[],
): Promise<Example[]> {
  const chunks: Promise<void>[] = [];
  const found: (Example | undefined)[] = new Array(candidates.length);
  const reported: Problem[][] = [];
  for (let start = 0; start < candidates.length; start += probeChunk) {
    const part = candidates.slice(start, start + probeChunk);
    const own: Problem[] = [];
    reported.push(own);
    chunks.push(
      pool.run({ kind: 'probe', clips: part.map(({ range }) => range) }).then((headers) =>
        headers.forEach((header, i) => {
          const candidate = part[i]!;
          const problem = 'severity' in header ? header : unfit({ ...candidate, samples: header.samples }, rules);
          if (problem) own.push({ ...problem, file: candidate.manifest, line: candidate.line, column: 1 });
          else if ('samples' in header) found[start + i] = { ...candidate, samples: header.samples };
        }),
      ),
    );
  }
  await Promise.all(chunks);
  for (const list of reported) problems.push(...list);
  return found.filter((example) => example !== undefined);
}

/** Scoring takes longer utterances than training, but one recording of an hour would fill the memory. */
const longestScoredSec = 120;

/** Why an utterance with readable audio still cannot be used. */
function unfit(example: Example, rules: ExampleRules): Problem | undefined {
  const { data, features, augment } = rules.experiment;
  const durationSec = example.samples / features.sampleRateHz;
  const limitSec = rules.purpose === 'train' ? data.maxDurationSec : Math.max(longestScoredSec, data.maxDurationSec);
  if (durationSec > limitSec) {
    const limit = limitSec === data.maxDurationSec ? `data.maxDurationSec (${limitSec})` : `${limitSec} s`;
    return { code: 'too-long', severity: 'warning', message: `${durationSec.toFixed(1)} s is longer than ${limit}` };
  }
  if (rules.purpose === 'evaluate') return undefined;
  const speed = Math.max(...augment.speed);
  const output = rules.outputFrames(rules.frameCount(lengthAtSpeed(example.samples, speed)));
  const needed = framesToTrain(example.tokens!, rules.experiment.loss);
  if (output >= needed) return undefined;
  return {
    code: 'ctc-infeasible',
    severity: 'error',
    message:
      `"${example.text}" needs ${needed} output frames, the audio gives ${output}` +
      `${speed > 1 ? ` at speed ${speed}` : ''}; pool less over time, use a shorter hop, or leave it out`,
  };
}
