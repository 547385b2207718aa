import { isAnnotationEdit } from '../../../../shared/protocol/spectrogramAnnotations.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Edge } from '../../../services/edge.ts';
import type { Annotations } from './annotations.ts';

/** For keybindings and other extensions: edits the labels of a recording that is open, and answers them. */
export function registerLabelCommands(scope: Scope, edge: Edge, open: () => Iterable<Annotations>): void {
  edge.registerCommand(scope, 'asr.editLabels', 'Editing labels', async (file: unknown, edit: unknown) => {
    const annotations = [...open()].find(({ uri }) => uri.fsPath === file);
    if (!annotations) return undefined;
    if (isAnnotationEdit(edit)) await annotations.edit(edit);
    return annotations.set();
  });
}
