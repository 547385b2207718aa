// One check as the extension's worker makes it, in a process of its own, so that its memory can be told.
import { parseArgs } from 'node:util';
import { checkData } from '../src/asr/lint/dataRules.ts';
import { createAudioReader } from '../src/training/lint/audioReader.ts';
import { openFactCache } from '../src/training/lint/factCache.ts';
import { readDocument } from '../src/training/lint/readDocument.ts';

export interface LintTimes {
  /** Since the start of the check, when the first problems and when the last of a transcript could be shown. */
  firstMs: number;
  textMs: number;
  allMs: number;
  peakBytes: number;
  /** Lines with a problem. */
  lines: number[];
}

const { values, positionals } = parseArgs({
  options: { cache: { type: 'string' }, content: { type: 'boolean' }, trusting: { type: 'boolean' } },
  allowPositionals: true,
});
const start = performance.now();
const since = () => performance.now() - start;
let firstMs = 0;
let textMs = 0;
const document = await readDocument(positionals[0]!);
if (!document) throw new Error('not a manifest');
if (document.problems.length > 0) firstMs = since();
const cache = await openFactCache(values.cache);
const reader = createAudioReader({ cache, content: values.content ?? false, trusting: values.trusting ?? false });
const report = await checkData({ train: document.utterances, dev: [] }, undefined, reader, {
  found: () => {
    firstMs ||= since();
  },
  progress: () => {
    textMs ||= since();
  },
});
await cache.save();
const times: LintTimes = {
  firstMs,
  textMs,
  allMs: since(),
  peakBytes: process.resourceUsage().maxRSS * 1024,
  lines: [...document.problems, ...report.problems].map(({ line }) => line ?? 0),
};
process.stdout.write(JSON.stringify(times));
