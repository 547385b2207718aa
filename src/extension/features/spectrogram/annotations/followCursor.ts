import * as vscode from 'vscode';
import type { Scope } from '../../../../shared/scope.ts';
import type { Annotations } from './annotations.ts';
import { itemAt, placeInText } from './textPlaces.ts';

const pauseMs = 150;
/** Longer texts are not searched while somebody moves about in them. */
const longestText = 4_000_000;

/** Points out the label that the cursor of a text editor is on, in the views of its recording. */
export function followCursor(scope: Scope, open: () => Iterable<Annotations>): void {
  let timer: NodeJS.Timeout | undefined;
  scope.add(() => clearTimeout(timer));
  const point = ({ document, selection }: vscode.TextEditor) => {
    const file = document.uri.fsPath;
    for (const { state, point: pointAt } of open()) {
      if (!state?.files.has(file)) continue;
      if (state.files.get(file)!.format === 'textGrid' && document.getText().length > longestText) continue;
      const found = itemAt(state, file, document, selection.active);
      if (found) pointAt(found.tier, found.item);
    }
  };
  scope.add(
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      clearTimeout(timer);
      if (textEditor.document.uri.scheme !== 'file') return;
      timer = setTimeout(() => {
        if (!textEditor.document.isClosed) point(textEditor);
      }, pauseMs);
    }),
  );
}

/** Opens the file of a label, beside the recording, with the label's text selected. */
export async function showInText({ state }: Annotations, tier: string, item: number): Promise<void> {
  const known = state?.known.get(tier);
  if (!state || !known) return;
  if (known.key === undefined) {
    void vscode.window.showInformationMessage('These labels are in no file yet: save the recording’s editor first.');
    return;
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(known.file));
  const place = placeInText(state, tier, item, document);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
    ...(place ? { selection: rangeBetween(place.from, place.to) } : {}),
  });
  if (!place) void vscode.window.showInformationMessage('The label is not there in its file, or no longer as it was.');
}

type Place = { line: number; character: number };
const rangeBetween = (from: Place, to: Place) => new vscode.Range(from.line, from.character, to.line, to.character);
