import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../../shared/problem.ts';
import { connect, type Remote } from '../../../../shared/protocol/channel.ts';
import type {
  AugmentAnswer,
  AugmentHost,
  AugmentRequest,
  AugmentView,
} from '../../../../shared/protocol/spectrogramAugment.ts';
import type { Scope } from '../../../../shared/scope.ts';
import { findExperiments, readExperiment } from '../../../services/experiments.ts';
import type { Services } from '../../../services/services.ts';
import { createThread } from '../../../services/thread.ts';
import { type AugmentOwner, type AugmentWorker, augmentOwnerChecks } from './augmentProtocol.ts';

/** Shows clips as training has them; its thread is started on first use. */
export interface Augmentation {
  /** What the page of a view may ask. */
  attach(uri: vscode.Uri, scope: Scope, remote: () => Remote<AugmentView>): AugmentHost;
}

const mostExperiments = 50;

export function createAugmentation(scope: Scope, services: Services): Augmentation {
  const measured = scope.add(new vscode.EventEmitter<{ id: number; share: number }>());
  const worker = createThread<AugmentWorker>(scope, services, {
    file: 'augmentWorker.js',
    what: 'Augmentation',
    options: () => ({ resourceLimits: { maxOldGenerationSizeMb: 1024 } }),
    connect: (port) =>
      connect<AugmentOwner, AugmentWorker>(
        port,
        { measured: (id, share) => measured.fire({ id, share }) },
        augmentOwnerChecks,
      ),
  });
  let nextId = 1;
  return {
    attach(uri, viewScope, remote) {
      let current: number | undefined;
      const forget = () => {
        if (current !== undefined)
          void worker()
            .forget(current)
            .catch(() => {});
        current = undefined;
      };
      viewScope.add(forget);
      viewScope.add(
        measured.event(
          ({ id, share }) =>
            id === current &&
            void remote()
              .augmentProgress(share)
              .catch(() => {}),
        ),
      );
      return {
        augment: (request) => {
          forget();
          current = nextId++;
          return preview(uri, request, current, worker, services);
        },
        augmentedCells: (...parameters) => worker().augmentedCells(...parameters),
        augmentedSamples: (...parameters) => worker().augmentedSamples(...parameters),
      };
    },
  };
}

async function preview(
  uri: vscode.Uri,
  request: AugmentRequest,
  id: number,
  worker: () => Remote<AugmentWorker>,
  { log }: Services,
): Promise<AugmentAnswer> {
  try {
    if (uri.scheme !== 'file')
      return { ok: false, message: 'The recording is on no local disk; training reads files.' };
    const experiments = await experimentsNear(uri);
    if (experiments.length === 0) {
      const message = 'No experiment (*.asr.yaml) in this workspace says how to augment.';
      return { ok: false, message, action: 'newExperiment' };
    }
    return { ok: true, preview: await worker().preview({ ...request, id, recording: uri.fsPath, experiments }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UserError) return { ok: false, message };
    log.asr.error(error instanceof Error ? (error.stack ?? message) : message);
    return { ok: false, message, action: 'showLog' };
  }
}

/** Those in the recording's folder first, then those further up or elsewhere. */
async function experimentsNear(recording: vscode.Uri): Promise<{ file: string; text: string }[]> {
  const found = (await findExperiments()).filter(({ scheme }) => scheme === 'file');
  const distance = (uri: vscode.Uri) =>
    path.relative(path.dirname(uri.fsPath), path.dirname(recording.fsPath)).split(path.sep).filter(Boolean).length;
  const near = found.sort((a, b) => distance(a) - distance(b)).slice(0, mostExperiments);
  return Promise.all(near.map(async (uri) => ({ file: uri.fsPath, text: await readExperiment(uri) })));
}
