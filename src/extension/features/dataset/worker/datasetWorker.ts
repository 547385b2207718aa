import { parentPort } from 'node:worker_threads';
import { measureDuration } from '../../../../asr/dataset/recordingLevels.ts';
import { connect } from '../../../../shared/protocol/channel.ts';
import { readDocument } from '../../../../training/lint/readDocument.ts';
import { openFileSource } from '../../../services/fileSource.ts';
import { type DatasetOwner, type DatasetWorker, datasetWorkerChecks } from '../workerProtocol.ts';
import { createDatasetStore, type DatasetStore } from './datasetStore.ts';
import { describeClip } from './describeClip.ts';
import { found, openDocument } from './documents.ts';

/** Entry of the thread that reads documents of data and their recordings, for hovers, lenses and statistics. */
const port = parentPort;
if (!port) throw new Error('datasetWorker runs in a worker thread');

let store: DatasetStore | undefined;

const { remote } = connect<DatasetWorker, DatasetOwner>(
  {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
  },
  {
    async utteranceAt(document, line) {
      const utterance = (await openDocument(document))?.byLine.get(line);
      return utterance && found(utterance);
    },
    async utterancesOf(document, limit) {
      const lines = [...((await openDocument(document))?.byLine ?? [])].slice(0, limit);
      return lines.map(([line, utterance]) => ({ ...found(utterance), line }));
    },
    async durationSec(clip) {
      const source = await openFileSource(clip.file);
      try {
        return await measureDuration(source, clip);
      } finally {
        await source.close();
      }
    },
    describeClip,
    async openDatasets(files) {
      store?.stop();
      const documents = [];
      for (const file of files) documents.push({ file, document: await readDocument(file) });
      const opened = createDatasetStore(documents, () => performance.now());
      store = opened;
      const quiet = (told: Promise<void>) => void told.catch(() => {});
      // After the answer, so that what is known at once is shown at once.
      setImmediate(() =>
        quiet(
          opened.survey({
            described: (statistics) => quiet(remote.described(statistics)),
            progressed: (progress) => quiet(remote.progressed(progress)),
          }),
        ),
      );
      return opened.opened;
    },
    list: async (manifest, filter, from) => store?.list(manifest, filter, from) ?? { total: 0, utterances: [] },
    async utterance(manifest, index) {
      const utterance = store?.utterance(manifest, index);
      return utterance && found(utterance);
    },
  },
  datasetWorkerChecks,
);
