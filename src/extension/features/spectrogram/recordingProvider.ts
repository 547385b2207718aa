import * as vscode from 'vscode';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { type Annotations, createAnnotations } from './annotations/annotations.ts';
import { createAnnotationsThread } from './annotations/annotationsThread.ts';
import { followCursor } from './annotations/followCursor.ts';
import { registerLabelCommands } from './annotations/labelCommands.ts';
import { openRecording, type Recording } from './recording.ts';

/** A recording and what is marked in it: the document of the custom editor. Only labels are ever edited. */
export interface LabelledRecording extends Recording {
  readonly annotations: Annotations;
}

/**
 * Open recordings for the workbench, and save, revert and back up their labels. Each type of view has a provider of its
 * own: the workbench wants to hear only of edits of documents that it has opened by that type.
 */
export function createRecordingProviders(
  scope: Scope,
  services: Services,
  show: (recording: LabelledRecording, panel: vscode.WebviewPanel) => void,
): () => vscode.CustomEditorProvider<LabelledRecording> {
  const worker = createAnnotationsThread(scope, services);
  const open = new Set<Annotations>();
  followCursor(scope, () => open);
  registerLabelCommands(scope, services.edge, () => open);
  const openDocument = async (
    uri: vscode.Uri,
    backupId: string | undefined,
    edits: vscode.EventEmitter<vscode.CustomDocumentEditEvent<LabelledRecording>>,
  ): Promise<LabelledRecording> => {
    const recording = openRecording(uri, services);
    const restored = backupId === undefined ? undefined : await readBackup(backupId);
    const durationSec = async () => {
      const clip = await recording.open();
      return clip.readable ? clip.facts.durationSec : undefined;
    };
    const annotations = createAnnotations(uri, services, worker, durationSec, restored);
    open.add(annotations);
    const document: LabelledRecording = {
      ...recording,
      annotations,
      dispose() {
        open.delete(annotations);
        annotations.dispose();
        recording.dispose();
      },
    };
    recording.onChanged(() => void services.edge.quiet('Reading labels', annotations.refresh));
    annotations.onEdited((edit) => edits.fire({ document, ...edit }));
    return document;
  };
  return () => {
    const edits = scope.add(new vscode.EventEmitter<vscode.CustomDocumentEditEvent<LabelledRecording>>());
    return {
      onDidChangeCustomDocument: edits.event,
      openCustomDocument: (uri, { backupId }) => openDocument(uri, backupId, edits),
      resolveCustomEditor: show,
      saveCustomDocument: ({ annotations }) => annotations.save(),
      saveCustomDocumentAs: ({ annotations }, destination) => annotations.saveAs(destination),
      revertCustomDocument: ({ annotations }) => annotations.revert(),
      async backupCustomDocument({ annotations }, { destination }) {
        const text = JSON.stringify(annotations.backup() ?? {});
        await vscode.workspace.fs.writeFile(destination, new TextEncoder().encode(text));
        const remove = async () => vscode.workspace.fs.delete(destination);
        return { id: destination.toString(), delete: () => void remove().catch(() => {}) };
      },
    };
  };
}

/** What cannot be read is as good as no backup: the files still have what was saved. */
async function readBackup(id: string): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.parse(id)))) as unknown;
  } catch {
    return undefined;
  }
}
