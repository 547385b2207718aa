import {
  type AnnotationDocument,
  applyChange,
  changeOf,
  type Tier,
} from '../../../src/asr/annotations/tiers/annotationDocument.ts';
import type { Remote } from '../../../src/shared/protocol/channel.ts';
import type { SpectrogramHost } from '../../../src/shared/protocol/spectrogram.ts';
import type {
  AnnotationEdit,
  AnnotationSet,
  AnnotationsView,
} from '../../../src/shared/protocol/spectrogramAnnotations.ts';

/** The labels of a recording, changed as the extension changes them, and kept in memory. */
export interface AnnotatedRecording {
  answers: Partial<SpectrogramHost>;
  edits: AnnotationEdit[];
  shownInText: [string, number][];
  readonly document: AnnotationDocument;
  /** Told of changes from here on. */
  attach(view: Remote<AnnotationsView>): void;
  /** A state from elsewhere: undone, or changed by another program. */
  replace(document: AnnotationDocument): Promise<void>;
}

export const words = (texts: readonly string[], fromSec = 0.2, eachSec = 0.4): Tier['items'] =>
  texts.map((text, i) => ({
    ...{ id: i + 1, text },
    startSec: Number((fromSec + i * eachSec).toFixed(3)),
    endSec: Number((fromSec + (i + 1) * eachSec).toFixed(3)),
  }));

export function tierOf(id: string, role: Tier['role'], items: Tier['items'], more: Partial<Tier> = {}): Tier {
  const can = { text: true, times: true, items: true };
  const nextItem = 1 + items.reduce((most, item) => Math.max(most, item.id), 0);
  return { ...{ id, name: id, role, kind: 'interval', can, texts: 'any', named: true, items, nextItem }, ...more };
}

export function annotate(durationSec: number, tiers: Tier[]): AnnotatedRecording {
  let document: AnnotationDocument = { durationSec, tiers };
  let version = 0;
  let view: Remote<AnnotationsView> | undefined;
  const edits: AnnotationEdit[] = [];
  const shownInText: [string, number][] = [];
  const set = (): AnnotationSet => ({
    ...{ version, dirty: version > 0, problems: [] },
    tiers: document.tiers.map(({ id, name, role, kind, can, items }) => ({
      ...{ id, name, role, kind, can: { ...can }, file: `${name}.TextGrid`, format: 'textGrid' as const },
      items: items.map((item) => ({ ...item })),
    })),
  });
  const tell = async () => {
    version++;
    await view?.annotationsChanged(set());
  };
  return {
    edits,
    shownInText,
    get document() {
      return document;
    },
    attach(remote) {
      view = remote;
    },
    async replace(other) {
      document = other;
      await tell();
    },
    answers: {
      annotations: async () => set(),
      async editAnnotations(edit) {
        edits.push(edit);
        document = applyChange(document, changeOf(document, edit, `new${version}`))!;
        await tell();
      },
      showInText: (tier, item) => void shownInText.push([tier, item]),
    },
  };
}
