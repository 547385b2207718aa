import { extname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../../shared/problem.ts';
import type { Remote } from '../../../../shared/protocol/channel.ts';
import type { AnnotationsHost, AnnotationsView } from '../../../../shared/protocol/spectrogramAnnotations.ts';
import type { Scope } from '../../../../shared/scope.ts';
import { pickManifestToWrite } from '../../../services/pickManifests.ts';
import type { Services } from '../../../services/services.ts';
import type { Annotations } from './annotations.ts';
import { showInText } from './followCursor.ts';

/** What the extension answers a view about the labels of its recording, and what it tells it of them. */
export function answerAnnotations(
  annotations: Annotations,
  panel: vscode.WebviewPanel,
  { edge }: Services,
  scope: Scope,
  view: () => Remote<AnnotationsView>,
): AnnotationsHost {
  // A hidden page answers nothing; it asks again when it is shown.
  const tell = (what: () => Promise<void>) => {
    if (panel.visible) void what().catch(() => {});
  };
  scope.add(annotations.onChanged((set) => tell(() => view().annotationsChanged(set))));
  scope.add(annotations.onPointedAt(({ tier, item }) => tell(() => view().annotationPointedAt(tier, item))));
  return {
    annotations: () => annotations.set(),
    editAnnotations: (edit) => annotations.edit(edit),
    showInText: (tier, item) => void edge.guard('Showing the label', () => showInText(annotations, tier, item)),
    async addToManifest(startSec, endSec, text) {
      const file = await pickManifestToWrite('Add to Manifest', vscode.Uri.joinPath(annotations.uri, '..'));
      if (file === undefined) return;
      if (extname(file).toLowerCase() !== '.jsonl')
        throw new UserError('A manifest is a file of JSON lines: its name ends in .jsonl.');
      await annotations.addToManifest(file, { startSec, endSec, text });
    },
  };
}
