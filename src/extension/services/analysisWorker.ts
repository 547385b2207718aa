import { parentPort } from 'node:worker_threads';
import { describeExperiment } from '../../analysis/describeExperiment.ts';
import { drawFigure } from '../../analysis/figures/drawFigure.ts';
import { parseExperiment } from '../../shared/config/parseExperiment.ts';
import { type AnalysisHost, type AnalysisWorker, analysisWorkerChecks } from '../../shared/protocol/analysis.ts';
import { connect } from '../../shared/protocol/channel.ts';
import { createHeaderCache } from '../../training/data/headerCache.ts';
import { describeData } from '../../training/describeData.ts';

/** Entry of the analysis thread: builds the graphs and plans that would train, and says what they amount to. */
const headers = createHeaderCache(() => performance.now());
/** The question about each file that is being answered. */
const current = new Map<string, AbortController>();
const progressMs = 200;

const worker: AnalysisWorker = {
  async describeExperiment(configText) {
    const { experiment } = parseExperiment(configText, 'experiment');
    return experiment && describeExperiment(experiment);
  },
  async describeData(configText, configFile) {
    current.get(configFile)?.abort();
    const { experiment } = parseExperiment(configText, configFile);
    if (!experiment) return undefined;
    const own = new AbortController();
    current.set(configFile, own);
    let toldMs = performance.now();
    const reader = headers.reader(experiment.features.sampleRateHz, own.signal, (done, all) => {
      if (performance.now() - toldMs < progressMs) return;
      toldMs = performance.now();
      void host.remote.headersRead(configFile, done, all).catch(() => {});
    });
    try {
      return await describeData(experiment, configFile, reader);
    } catch (error) {
      if (own.signal.aborted) return undefined;
      throw error;
    } finally {
      if (current.get(configFile) === own) current.delete(configFile);
    }
  },
  async drawFigure(kind, configText, stepsPerEpoch) {
    const { experiment } = parseExperiment(configText, 'experiment');
    return experiment && drawFigure(kind, experiment, stepsPerEpoch);
  },
};

const port = parentPort;
if (!port) throw new Error('the analysis runs in a worker thread');
const host = connect<AnalysisWorker, AnalysisHost>(
  {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
  },
  worker,
  analysisWorkerChecks,
);
