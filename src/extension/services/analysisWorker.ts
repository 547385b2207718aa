import { parentPort } from 'node:worker_threads';
import { describeModel } from '../../analysis/describeModel.ts';
import { parseExperiment } from '../../shared/config/parseExperiment.ts';
import { type AnalysisHost, type AnalysisWorker, analysisWorkerChecks } from '../../shared/protocol/analysis.ts';
import { connect } from '../../shared/protocol/channel.ts';

/** Entry of the analysis thread: builds the graphs that would train, and says what they amount to. */
const worker: AnalysisWorker = {
  async describeModel(configText) {
    const { experiment } = parseExperiment(configText, 'experiment');
    if (!experiment) return undefined;
    const { parameters, outputFramesPerSec, totalStride, receptiveFieldSec, macsPerSecond } =
      await describeModel(experiment);
    return { parameters, outputFramesPerSec, totalStride, receptiveFieldSec, macsPerSecond };
  },
};

const host = parentPort;
if (!host) throw new Error('the analysis runs in a worker thread');
connect<AnalysisWorker, AnalysisHost>(
  {
    send: (message) => host.postMessage(message),
    listen(listener) {
      host.on('message', listener);
      return () => host.off('message', listener);
    },
  },
  worker,
  analysisWorkerChecks,
);
