import { parentPort, workerData } from 'node:worker_threads';
import { type CheckMonitor, checkData, type DataReport } from '../../../../asr/lint/dataRules.ts';
import { parseExperiment } from '../../../../shared/config/parseExperiment.ts';
import type { Problem } from '../../../../shared/problem.ts';
import { connect } from '../../../../shared/protocol/channel.ts';
import { createAudioReader } from '../../../../training/lint/audioReader.ts';
import { writeChangedCopy } from '../../../../training/lint/changedCopy.ts';
import { checkExperimentData, readExperimentData } from '../../../../training/lint/experimentData.ts';
import { type FactCache, openFactCache } from '../../../../training/lint/factCache.ts';
import { readDocument, readManifestText } from '../../../../training/lint/readDocument.ts';
import {
  type CheckRequest,
  type CheckSummary,
  type LintOwner,
  type LintWorker,
  lintWorkerChecks,
  problemsPerFile,
} from '../lintProtocol.ts';

/** Entry of the thread that checks data: reads documents and recordings beside them, never in the extension host. */
const { cacheFile } = workerData as { cacheFile?: string };
const progressMs = 200;
/** What was found out is kept this often, so that a check that was ended goes on where it was. */
const saveMs = 5000;

let opened: Promise<FactCache> | undefined;
const cache = () => {
  opened ??= openFactCache(cacheFile);
  return opened;
};
/** The check of each target that is going on. */
const current = new Map<string, AbortController>();

const worker: LintWorker = {
  async check(request) {
    current.get(request.target)?.abort();
    const own = new AbortController();
    current.set(request.target, own);
    const save = async () => (await opened)?.save();
    const saving = setInterval(() => void save(), saveMs);
    try {
      const summary = await check(request, own.signal);
      return own.signal.aborted ? undefined : summary;
    } finally {
      clearInterval(saving);
      await save();
      if (current.get(request.target) === own) current.delete(request.target);
    }
  },
  cancel: (target) => current.get(target)?.abort(),
  changeRecording: writeChangedCopy,
};

async function check(request: CheckRequest, signal: AbortSignal): Promise<CheckSummary | undefined> {
  const { target, listen, trusting } = request;
  const texts = new Map(request.texts);
  const reader = createAudioReader({ cache, content: listen, trusting });
  const { monitor, held } = createMonitor(request, signal);
  const summarize = (files: string[], utterances: number, { usable }: DataReport): CheckSummary => ({
    files,
    utterances,
    usable: usable.train + usable.dev,
    held: [...held],
  });
  if (/\.ya?ml$/i.test(target)) {
    const parsed = parseExperiment(await readManifestText(target, texts, 'experiment'), target);
    if (!parsed.experiment) return undefined;
    const data = await readExperimentData(parsed.experiment, parsed, target, texts);
    // A draft is written before its data is there; training and `asr lint` say so of it.
    if (data.files.length === 0) return undefined;
    const report = await checkExperimentData(parsed.experiment, parsed, target, data, reader, monitor);
    return summarize(data.files, data.train.length + data.dev.length, report);
  }
  const document = await readDocument(target, texts);
  if (!document || signal.aborted) return undefined;
  monitor.found?.(document.problems);
  const report = await checkData({ train: document.utterances, dev: [] }, undefined, reader, monitor);
  return summarize([target], document.utterances.length, report);
}

/** Sends what is found, up to what an editor shows of a file; `held` counts the rest. */
function createMonitor(
  { target, id }: CheckRequest,
  signal: AbortSignal,
): { monitor: CheckMonitor; held: Map<string, number> } {
  const sent = new Map<string, number>();
  const held = new Map<string, number>();
  let toldMs = 0;
  const fits = ({ file = target }: Problem): boolean => {
    const count = sent.get(file) ?? 0;
    if (count >= problemsPerFile) held.set(file, (held.get(file) ?? 0) + 1);
    else sent.set(file, count + 1);
    return count < problemsPerFile;
  };
  const monitor: CheckMonitor = {
    cancelled: () => signal.aborted,
    found(problems) {
      if (signal.aborted) return;
      const shown = problems.filter(fits);
      if (shown.length > 0) void owner.remote.found(target, id, shown).catch(() => {});
    },
    progress(stage, done, all) {
      if (signal.aborted || (performance.now() - toldMs < progressMs && done < all)) return;
      toldMs = performance.now();
      void owner.remote.progress(target, id, stage, done, all).catch(() => {});
    },
  };
  return { monitor, held };
}

const port = parentPort;
if (!port) throw new Error('data is checked in a worker thread');
const owner = connect<LintWorker, LintOwner>(
  {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
  },
  worker,
  lintWorkerChecks,
);
