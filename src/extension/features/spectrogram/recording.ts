import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { connect, type Remote } from '../../../shared/protocol/channel.ts';
import type { OpenedClip, SurveyProgress } from '../../../shared/protocol/spectrogram.ts';
import { createScope } from '../../../shared/scope.ts';
import { workerPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { escapeGlob } from './escapeGlob.ts';
import { whenQuiet } from './whenQuiet.ts';
import { type ClipOwner, type ClipPlace, type ClipWorker, clipOwnerChecks } from './workerProtocol.ts';

/** One recording and the worker that reads it; shared by all views of it. */
export interface Recording extends vscode.CustomDocument {
  readonly worker: Remote<ClipWorker>;
  /** Reads the header again: the file may have changed. */
  open(): Promise<OpenedClip>;
  readonly onSurveyed: vscode.Event<SurveyProgress>;
  /** How far a piece of work of the worker is. */
  readonly onWorked: vscode.Event<{ work: number; done: number }>;
  /** The file's bytes have changed on disk. */
  readonly onChanged: vscode.Event<void>;
}

/** What is on no local disk is read whole; beyond this it is refused. */
const largestRemoteBytes = 512 * 1024 * 1024;
/** How often a recording that is being written is read anew: the longer it is, the more there is to read. */
const [shortestMs, longestMs, shareOfDuration] = [2000, 30_000, 1 / 120];

export function openRecording(uri: vscode.Uri, services: Services): Recording {
  const { log } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  const surveyed = scope.add(new vscode.EventEmitter<SurveyProgress>());
  const worked = scope.add(new vscode.EventEmitter<{ work: number; done: number }>());
  const changed = scope.add(new vscode.EventEmitter<void>());
  const worker = startWorker(services);
  const { remote, dispose } = connect<ClipOwner, ClipWorker>(
    workerPort(worker),
    { surveyed: (progress) => surveyed.fire(progress), worked: (work, done) => worked.fire({ work, done }) },
    clipOwnerChecks,
  );
  scope.add(() => void worker.terminate());
  scope.add(dispose);
  worker.on('error', (error) => {
    // Closing the channel answers everybody who waits.
    log.asr.error(`Reading ${uri.toString()}: ${error.stack ?? error.message}`);
    dispose();
  });
  let durationSec = 0;
  watch();

  function watch(): void {
    const folder = vscode.Uri.joinPath(uri, '..');
    const pattern = new vscode.RelativePattern(folder, escapeGlob(path.posix.basename(uri.path)));
    const watcher = scope.add(vscode.workspace.createFileSystemWatcher(pattern));
    const wait = () => Math.min(longestMs, Math.max(shortestMs, durationSec * 1000 * shareOfDuration));
    const quiet = whenQuiet(() => changed.fire(), wait);
    scope.add(quiet.dispose);
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) scope.add(event(quiet.tell));
  }

  const openNow = async (): Promise<OpenedClip> => {
    const clip = await remote.open(await placeOf(uri), path.posix.basename(uri.path));
    if (clip.readable) durationSec = clip.facts.durationSec;
    return clip;
  };
  let opened: Promise<OpenedClip> | undefined;
  scope.add(
    changed.event(() => {
      opened = undefined;
    }),
  );
  return {
    uri,
    worker: remote,
    onSurveyed: surveyed.event,
    onWorked: worked.event,
    onChanged: changed.event,
    open() {
      opened ??= openNow();
      return opened;
    },
    dispose: () => scope.dispose(),
  };
}

function startWorker({ extensionUri }: Services): Worker {
  const bundle = vscode.Uri.joinPath(extensionUri, 'dist', 'spectrogramWorker.js');
  // Room for a few parts of a clip: what a worker holds does not grow with its file.
  return new Worker(bundle.fsPath, { resourceLimits: { maxOldGenerationSizeMb: 512 } });
}

/** Where the bytes of a recording are. Throws a UserError where they cannot be had. */
export async function placeOf(uri: vscode.Uri): Promise<ClipPlace> {
  if (uri.scheme === 'file') return { path: uri.fsPath };
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > largestRemoteBytes)
    throw new UserError('The recording is too large to be read over this connection; copy it to a local folder.');
  const bytes = await vscode.workspace.fs.readFile(uri);
  // A copy of its own: the array may be a window on a larger buffer.
  return { bytes: bytes.slice().buffer as ArrayBuffer };
}
