import { parentPort } from 'node:worker_threads';
import { UserError } from '../../../../../shared/problem.ts';
import { connect } from '../../../../../shared/protocol/channel.ts';
import { type AnnotationsWorker, annotationsWorkerChecks } from '../annotationsProtocol.ts';
import { findBeside, findListed, readSource } from './findSources.ts';
import { saveSource } from './saveSource.ts';

/** Entry of the thread that reads and writes labels and transcripts of recordings. */
const port = parentPort;
if (!port) throw new Error('annotationsWorker runs in a worker thread');

connect<AnnotationsWorker, object>(
  {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
  },
  {
    beside: findBeside,
    listed: findListed,
    read: readSource,
    async save(request) {
      try {
        return await saveSource(request);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // The system refuses: no right to write, a full disk.
        throw code === undefined ? error : new UserError(`${request.file} cannot be written: ${message}`);
      }
    },
  },
  annotationsWorkerChecks,
);
