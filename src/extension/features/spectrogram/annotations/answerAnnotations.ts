import type * as vscode from 'vscode';
import type { Remote } from '../../../../shared/protocol/channel.ts';
import type { AnnotationsHost, AnnotationsView } from '../../../../shared/protocol/spectrogramAnnotations.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import { addToManifest } from './addToManifest.ts';
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
    addToManifest: (startSec, endSec, text) => addToManifest(annotations, { startSec, endSec, text }),
  };
}
