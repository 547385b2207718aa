import * as vscode from 'vscode';
import type { AnnotationSource } from '../../../../asr/annotations/sources/source.ts';
import type { Remote } from '../../../../shared/protocol/channel.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import { adoptSource, forgetFile } from './adoptSource.ts';
import { type AnnotationState, emptyState, fitDuration } from './annotationState.ts';
import type { AnnotationsWorker, RecordingPlace } from './annotationsProtocol.ts';
import { watchSources } from './watchSources.ts';

/** Keeps what the files say of a recording. */
export interface AnnotationReader {
  /** Undefined until something was read. */
  state: AnnotationState | undefined;
  /** Undefined for a recording that is no readable file of this machine. */
  readonly place: RecordingPlace | undefined;
  /** The files beside the recording, and then all. They are read once, or `again`. */
  read(again?: boolean): { beside: Promise<void>; all: Promise<void> };
}

const lists = '**/{*.jsonl,*.csv,*.tsv,wav.scp}';
const skipped = '{**/node_modules/**,**/runs/**,**/.git/**}';
const mostLists = 500;

export function createReader(
  scope: Scope,
  uri: vscode.Uri,
  { edge }: Services,
  worker: Remote<AnnotationsWorker>,
  durationSec: () => Promise<number | undefined>,
  publish: () => void,
): AnnotationReader {
  let place: RecordingPlace | undefined;
  const seen = new Set<string>();
  let reading: { beside: Promise<void>; all: Promise<void> } | undefined;
  const reader: AnnotationReader = {
    state: undefined,
    get place() {
      return place;
    },
    read(again = false) {
      if (reading && !again) return reading;
      const beside = readBeside();
      const all = beside.then(readListed);
      // Whoever waits is told; nobody may.
      all.catch(() => {});
      reading = { beside, all };
      return reading;
    },
  };

  async function readBeside(): Promise<void> {
    const length = uri.scheme === 'file' ? await durationSec() : undefined;
    reader.state ??= emptyState(length ?? 0);
    if (length === undefined) return;
    fitDuration(reader.state, length);
    if (!place) scope.add(watchSources(uri, () => [...reader.state!.files.keys()], changed));
    place = { file: uri.fsPath, durationSec: length };
    seen.clear();
    adopt(await worker.beside(place));
  }

  function adopt(sources: readonly AnnotationSource[]): void {
    for (const source of sources) {
      seen.add(source.file);
      adoptSource(reader.state!, source);
    }
  }

  async function readListed(): Promise<void> {
    if (!place) return;
    const files = await vscode.workspace.findFiles(lists, skipped, mostLists);
    const local = files.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
    adopt(await worker.listed(place, local));
    for (const file of [...reader.state!.files.keys()]) if (!seen.has(file)) forgetFile(reader.state!, file);
    publish();
  }

  const changed = (files: string[]) => void edge.quiet('Reading labels', () => reread(files));
  async function reread(files: readonly string[]): Promise<void> {
    await reader.read().all;
    const { state } = reader;
    if (!place || !state) return;
    for (const file of files) {
      const source = await worker.read(place, file);
      // What was saved here is known already.
      if (source && source.stamp === state.files.get(source.file)?.stamp) continue;
      if (source) adoptSource(state, source);
      else forgetFile(state, file);
      publish();
    }
  }

  return reader;
}
