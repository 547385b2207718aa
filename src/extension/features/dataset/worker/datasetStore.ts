import { basename, dirname, resolve } from 'node:path';
import { createFilter } from '../../../../asr/dataset/datasetFilter.ts';
import { type Dataset, describeDatasets, wordsOf } from '../../../../asr/dataset/datasetStatistics.ts';
import {
  measureDuration,
  measureLevel,
  type RecordingLevel,
  sampleUtterances,
  summarizeLevels,
} from '../../../../asr/dataset/recordingLevels.ts';
import type { DataDocument } from '../../../../asr/documents/dataDocument.ts';
import type { Utterance } from '../../../../asr/manifest.ts';
import type { ByteSource } from '../../../../dsp/byteSource.ts';
import type { DatasetFilter } from '../../../../shared/datasetFacts.ts';
import {
  type ListedUtterances,
  listedUtterances,
  type OpenedStatistics,
} from '../../../../shared/protocol/statistics.ts';
import { openFileSource } from '../../../services/fileSource.ts';
import type { DatasetOwner } from '../workerProtocol.ts';

interface OpenDataset extends Dataset {
  levels: Map<Utterance, RecordingLevel>;
}

export interface DatasetStore {
  readonly opened: OpenedStatistics;
  list(manifest: number, filter: DatasetFilter, from: number): ListedUtterances;
  utterance(manifest: number, index: number): Utterance | undefined;
  /** Measures what the lines do not say, and hears a sample; tells as it goes. */
  survey(tell: DatasetOwner): Promise<void>;
  stop(): void;
}

/** What readers of recordings are in flight; more would only queue at the disk. */
const readers = 8;
const toldMs = 250;

/** The data sets of one view. Documents that list nothing are failures. */
export function createDatasetStore(
  files: readonly { file: string; document: DataDocument | undefined }[],
  now: () => number,
): DatasetStore {
  const datasets: OpenDataset[] = [];
  const failures: OpenedStatistics['failures'] = [];
  for (const { file, document } of files) {
    const { kind, utterances, excluded, problems } = document ?? { utterances: [], problems: [], excluded: 0 };
    const name = kind === 'kaldi' ? basename(dirname(file)) : basename(file);
    if (utterances.length === 0) failures.push({ name, message: problems[0]?.message ?? 'it lists no recordings' });
    else datasets.push({ name, utterances, excluded, problems: problems.length, levels: new Map() });
  }
  let knownWords: Set<string> | undefined;
  let stopped = false;

  const survey = async (manifest: number, stage: 'lengths' | 'levels', tell: DatasetOwner): Promise<void> => {
    const dataset = datasets[manifest]!;
    const { utterances, levels } = dataset;
    const wanted =
      stage === 'levels'
        ? sampleUtterances(utterances)
        : utterances.filter(({ durationSec }) => durationSec === undefined);
    let [next, done, unreadable, told] = [0, 0, 0, now()];
    const report = () => {
      told = now();
      const summary = stage === 'levels' ? { levels: summarizeLevels(levels.values(), wanted.length, unreadable) } : {};
      tell.progressed({ manifest, stage, done, total: wanted.length, ...summary });
    };
    const readNext = async () => {
      while (next < wanted.length && !stopped) {
        const utterance = wanted[next++]!;
        const read = (source: ByteSource) =>
          stage === 'levels'
            ? measureLevel(source, utterance).then((level) => void levels.set(utterance, level))
            : measureDuration(source, utterance).then((durationSec) => {
                if (durationSec > 0) utterance.durationSec = durationSec;
              });
        await withRecording(utterance, read).catch(() => unreadable++);
        done++;
        if (now() - told > toldMs) report();
      }
    };
    await Promise.all(Array.from({ length: readers }, readNext));
    if (!stopped && wanted.length > 0) report();
  };

  const collectWords = () => {
    knownWords ??= new Set(datasets[0]?.utterances.flatMap(({ text }) => wordsOf(text)));
    return knownWords;
  };
  const describe = () => describeDatasets(datasets);
  return {
    opened: { files: files.map(({ file }) => file), manifests: describe(), failures },
    list(manifest, filter, from) {
      const { utterances = [], levels = new Map() } = datasets[manifest] ?? {};
      const matches = createFilter(filter, { levels, knownWords: collectWords });
      const chosen = utterances.flatMap((utterance, index) => (matches(utterance) ? [{ utterance, index }] : []));
      const shown = chosen.slice(from, from + listedUtterances).map(({ utterance, index }) => {
        const { line, audioFilepath, text, durationSec, speaker } = utterance;
        return {
          ...{ index, line, audioFilepath, text: text.slice(0, 2000) },
          ...(durationSec === undefined ? {} : { durationSec }),
          ...(speaker === undefined ? {} : { speaker }),
        };
      });
      return { total: chosen.length, utterances: shown };
    },
    utterance: (manifest, index) => datasets[manifest]?.utterances[index],
    async survey(tell) {
      const open = datasets.some(({ utterances }) => utterances.some(({ durationSec }) => durationSec === undefined));
      for (const manifest of datasets.keys()) await survey(manifest, 'lengths', tell);
      if (open && !stopped) tell.described(describe());
      for (const manifest of datasets.keys()) await survey(manifest, 'levels', tell);
    },
    stop() {
      stopped = true;
    },
  };
}

async function withRecording<T>(
  { file, audioFilepath }: Utterance,
  use: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const source = await openFileSource(resolve(dirname(file), audioFilepath));
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}
