// Stands in for the extension host: one check by the bundled thread, in a process whose memory is that of the check.
// JavaScript, because stripping types would take more memory than the check.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const [target, ...flags] = process.argv.slice(2);
const cacheFile = flags.find((flag) => !flag.startsWith('--'));
const worker = new Worker(join(import.meta.dirname, '../dist/lintWorker.js'), {
  workerData: cacheFile ? { cacheFile } : {},
  resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 1024 },
});
const startBytes = process.memoryUsage.rss();
const start = performance.now();
const since = () => performance.now() - start;
const times = { firstMs: 0, textMs: 0, headersMs: 0, allMs: 0, startBytes, peakBytes: 0, lines: [] };
worker.on('message', ({ call, method, parameters, answer, failure }) => {
  if (answer !== undefined) {
    if (failure) throw new Error(failure.message);
    times.allMs = since();
    times.peakBytes = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(JSON.stringify(times), () => process.exit());
    return;
  }
  if (method === 'found') {
    times.firstMs ||= since();
    for (const { line } of parameters[1]) times.lines.push(line);
  } else {
    const [, stage, done, all] = parameters;
    times.textMs ||= since();
    if (stage === 'headers' && done === all) times.headersMs = since();
  }
  worker.postMessage({ answer: call });
});
const request = { target, texts: [], listen: flags.includes('--listen'), trusting: flags.includes('--trusting') };
worker.postMessage({ call: 1, method: 'check', parameters: [request] });
