import { basename, extname } from 'node:path';
import * as vscode from 'vscode';
import { reverseOf, type TierChange } from '../../../../asr/annotations/tiers/annotationDocument.ts';
import { UserError } from '../../../../shared/problem.ts';
import type { Remote } from '../../../../shared/protocol/channel.ts';
import type { AnnotationEdit, AnnotationSet } from '../../../../shared/protocol/spectrogramAnnotations.ts';
import { createScope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import { type AnnotationState, annotationSet, discardEdits } from './annotationState.ts';
import type { AnnotationsWorker, RecordingPlace } from './annotationsProtocol.ts';
import { backupOf, restoreBackup } from './backup.ts';
import { createReader } from './createReader.ts';
import { makeChange, planEdit, planManifestItem } from './planEdit.ts';
import { saveEdits, writeGrid } from './saveFile.ts';

/** The labels and transcripts of one recording: shared by all its views. */
export interface Annotations extends vscode.Disposable {
  readonly uri: vscode.Uri;
  /** Read from their files at the first call. */
  set(): Promise<AnnotationSet>;
  /** Undefined while nothing has been read. */
  readonly state: AnnotationState | undefined;
  /** Refused edits throw a UserError. */
  edit(edit: AnnotationEdit): Promise<void>;
  addToManifest(file: string, item: { startSec: number; endSec: number; text: string }): Promise<void>;
  readonly onChanged: vscode.Event<AnnotationSet>;
  /** For the workbench: what undoes an edit. */
  readonly onEdited: vscode.Event<EditMade>;
  /** Throws a UserError where a file cannot take its edits. */
  save(): Promise<void>;
  /** Reads all files again and gives up what was edited. */
  revert(): Promise<void>;
  /** Reads all files again: the recording has changed. */
  refresh(): Promise<void>;
  /** A copy of the recording, with its labels beside it. */
  saveAs(destination: vscode.Uri): Promise<void>;
  backup(): unknown;
  /** A text editor's cursor is on an item. */
  point(tier: string, item: number): void;
  readonly onPointedAt: vscode.Event<{ tier: string; item: number }>;
}

export interface EditMade {
  label: string;
  undo(): void;
  redo(): void;
}

const editLabels: Record<AnnotationEdit['edit'], string> = {
  add: 'Add Label',
  move: 'Move Label',
  moveBoundary: 'Move Boundary',
  split: 'Split Label',
  merge: 'Merge Labels',
  rename: 'Change Label',
  delete: 'Delete Label',
  addTier: 'Add Tier',
  renameTier: 'Rename Tier',
  deleteTier: 'Delete Tier',
};

/** `durationSec` is undefined for a recording that cannot be read; `restored` is what `backup` gave. */
export function createAnnotations(
  uri: vscode.Uri,
  services: Services,
  worker: Remote<AnnotationsWorker>,
  durationSec: () => Promise<number | undefined>,
  restored: unknown,
): Annotations {
  const { log } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  const changed = scope.add(new vscode.EventEmitter<AnnotationSet>());
  const edited = scope.add(new vscode.EventEmitter<EditMade>());
  const pointed = scope.add(new vscode.EventEmitter<{ tier: string; item: number }>());
  const publish = () => held.state && changed.fire(annotationSet(held.state));
  const held = createReader(scope, uri, services, worker, durationSec, publish);
  held.state = restoreBackup(restored);

  function make(change: TierChange, label: string): void {
    const apply = (one: TierChange) => {
      if (held.state && makeChange(held.state, one)) publish();
      else
        void vscode.window.showWarningMessage(
          `${label}: the labels have changed on disk since; this cannot be undone or redone.`,
        );
    };
    apply(change);
    edited.fire({ label, undo: () => apply(reverseOf(change)), redo: () => apply(change) });
  }

  async function editable(): Promise<{ state: AnnotationState; place: RecordingPlace }> {
    await held.read().all;
    const { state, place } = held;
    if (state && place) return { state, place };
    throw new UserError('Labels can be kept only of a recording that is a readable file on this machine.');
  }

  return {
    uri,
    async set() {
      await held.read().beside;
      return annotationSet(held.state!);
    },
    get state() {
      return held.state;
    },
    async edit(edit) {
      const { state } = await editable();
      make(planEdit(state, edit, labelsFile(state, uri)), editLabels[edit.edit]);
    },
    async addToManifest(file, item) {
      make(planManifestItem((await editable()).state, file, item), `Add to ${basename(file)}`);
    },
    onChanged: changed.event,
    onEdited: edited.event,
    async save() {
      const { state, place } = await editable();
      try {
        await saveEdits(state, place, worker);
      } finally {
        publish();
      }
    },
    async revert() {
      if (held.state) discardEdits(held.state);
      await held.read(true).all;
      publish();
    },
    async saveAs(destination) {
      const { state, place } = await editable();
      await vscode.workspace.fs.copy(uri, destination, { overwrite: true });
      const { tiers } = state.document;
      if (tiers.length > 0) await writeGrid(worker, place, labelsBeside(destination), tiers);
    },
    async refresh() {
      if (held.state) await held.read(true).all;
    },
    backup: () => held.state && backupOf(held.state),
    point: (tier, item) => pointed.fire({ tier, item }),
    onPointedAt: pointed.event,
    dispose: () => scope.dispose(),
  };
}

/** Where new labels go. */
function labelsFile({ files }: AnnotationState, uri: vscode.Uri): string {
  return [...files].find(([, { format }]) => format === 'textGrid')?.[0] ?? labelsBeside(uri);
}

function labelsBeside({ fsPath }: vscode.Uri): string {
  return `${fsPath.slice(0, fsPath.length - extname(fsPath).length)}.TextGrid`;
}
