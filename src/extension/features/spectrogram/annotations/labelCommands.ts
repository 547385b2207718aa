import { isNumber, isString, object } from '../../../../shared/protocol/check.ts';
import { isAnnotationEdit } from '../../../../shared/protocol/spectrogramAnnotations.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Edge } from '../../../services/edge.ts';
import { addToManifest } from './addToManifest.ts';
import type { Annotations } from './annotations.ts';

const isStretch = object({ startSec: isNumber, endSec: isNumber, text: isString });

/** For keybindings and other extensions: edit the labels of a recording that is open, and answer them. */
export function registerLabelCommands(scope: Scope, edge: Edge, open: () => Iterable<Annotations>): void {
  const of = (file: unknown) => [...open()].find(({ uri }) => uri.fsPath === file);
  edge.registerCommand(scope, 'asr.editLabels', 'Editing labels', async (file: unknown, edit: unknown) => {
    const annotations = of(file);
    if (isAnnotationEdit(edit)) await annotations?.edit(edit);
    return annotations?.set();
  });
  edge.registerCommand(
    scope,
    'asr.addToManifest',
    'Adding to a manifest',
    async (file: unknown, stretch: unknown, manifest: unknown) => {
      const annotations = of(file);
      if (!annotations || !isStretch(stretch)) return undefined;
      await addToManifest(annotations, stretch, isString(manifest) ? manifest : undefined);
      return annotations.set();
    },
  );
}
