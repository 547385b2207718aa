import { UserError } from '../../../../shared/problem.ts';
import type { AnnotationsHost } from '../../../../shared/protocol/spectrogramAnnotations.ts';

/** What the extension answers a view about the labels of its recording. */
export function answerAnnotations(): AnnotationsHost {
  const refuse = async () => {
    throw new UserError('The labels of this recording cannot be changed.');
  };
  return {
    annotations: async () => ({ version: 0, tiers: [], dirty: false, problems: [] }),
    editAnnotations: refuse,
    showInText: () => {},
    addToManifest: refuse,
  };
}
