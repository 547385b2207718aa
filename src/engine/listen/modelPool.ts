import type { Problem } from '../../shared/problem.ts';
import type { TranscribeCall } from '../../shared/protocol/listen.ts';
import { parseArguments } from '../arguments.ts';
import { decoderOptions } from '../commandRows/commandRow.ts';
import { chooseDecoding, whyNoCtc } from '../model/chooseDecoding.ts';
import type { ModelMetadata } from '../model/modelMetadata.ts';
import { openModel } from '../model/openModel.ts';
import { createRecognizer, type Recognizer } from '../model/recognizer.ts';
import { modelStamp } from './modelStamp.ts';

/** A model that stays open, with the process of its graph. */
export interface WarmModel {
  recognizer: Recognizer;
  metadata: ModelMetadata;
  /** The file or directory that was read. */
  source: string;
  /** Why what its CTC output says means nothing; undefined where it does. */
  withoutCtc: string | undefined;
}

export interface ModelPool {
  /** The model as its file is now. What is returned stays open at least until the next call. */
  open(path: string, decoding: TranscribeCall['decoding']): Promise<WarmModel>;
  /** After use: models beyond the memory budget are closed, those used longest ago first; one that failed is closed at once. */
  release(model: WarmModel, failed: boolean): Promise<void>;
  dispose(): Promise<void>;
}

export interface PoolOptions {
  threads: number;
  /** Of the processes of all open models together. */
  budgetBytes: number;
  report(problem: Problem): void;
}

interface Entry extends WarmModel {
  stamp: string;
  bytes: number;
}

export function createModelPool({ threads, budgetBytes, report }: PoolOptions): ModelPool {
  /** In the order of their use. */
  const entries = new Map<string, Entry>();
  const close = async (key: string): Promise<void> => {
    const entry = entries.get(key);
    entries.delete(key);
    await entry?.recognizer.dispose();
  };
  return {
    async open(path, decoding) {
      const key = JSON.stringify([path, decoding?.decoder, decoding?.beamWidth]);
      // Taken first: a file that changes while it is read is read again the next time.
      const stamp = await modelStamp(path);
      const known = entries.get(key);
      if (known?.stamp === stamp) {
        entries.delete(key);
        entries.set(key, known);
        return known;
      }
      await close(key);
      const model = await openModel(path, report);
      const recognizer = await createRecognizer(model, threads, chooseDecoding(model, decoderArguments(decoding)));
      const { metadata, source } = model;
      const entry: Entry = { recognizer, metadata, source, withoutCtc: whyNoCtc(model), stamp, bytes: 0 };
      entries.set(key, entry);
      return entry;
    },
    async release(model, failed) {
      const key = [...entries].find(([, entry]) => entry === model)?.[0];
      if (key === undefined) return;
      if (failed) return close(key);
      const used = entries.get(key)!;
      used.bytes = await used.recognizer.memoryBytes();
      const sum = () => [...entries.values()].reduce((bytes, entry) => bytes + entry.bytes, 0);
      // The one that has just been used stays, however large it is.
      while (entries.size > 1 && sum() > budgetBytes) await close(entries.keys().next().value!);
    },
    async dispose() {
      for (const key of [...entries.keys()]) await close(key);
    },
  };
}

/** The same rules as on the command line. */
function decoderArguments({ decoder, beamWidth }: NonNullable<TranscribeCall['decoding']> = {}) {
  const argv = [
    ...(decoder === undefined ? [] : ['--decoder', decoder]),
    ...(beamWidth === undefined ? [] : ['--beam-width', String(beamWidth)]),
  ];
  return parseArguments('listen', { summary: '', operands: [], options: decoderOptions }, argv);
}
