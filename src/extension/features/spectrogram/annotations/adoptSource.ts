import type { AnnotationSource } from '../../../../asr/annotations/sources/source.ts';
import { type AnnotationState, isEdited, type KnownTier, putTier, tierById, tiersIn } from './annotationState.ts';
import { sameTier, tierOf } from './readTier.ts';

/** Takes over what a file says now. Tiers that were edited keep their edits; saving them then finds what has changed. */
export function adoptSource(state: AnnotationState, source: AnnotationSource): void {
  state.version++;
  const { file, format, tiers, problems, text, stamp } = source;
  const left = new Map(tiersIn(state, file));
  let torn = false;
  for (const fresh of tiers) {
    const found =
      [...left].find(([, { key }]) => key === fresh.key) ??
      [...left].find(([, { base }]) => base && sameTier(base, fresh, format));
    if (!found) {
      addTier(state, file, format, fresh);
      continue;
    }
    const [id, tier] = found;
    left.delete(id);
    if (tier.base && sameTier(tier.base, fresh, format)) Object.assign(tier, { key: fresh.key, items: fresh.items });
    else if (isEdited(state, found)) torn = true;
    else {
      const base = tierOf(fresh, id, tier.base);
      putTier(state, id, base);
      Object.assign(tier, { key: fresh.key, base, items: fresh.items });
    }
  }
  for (const one of left)
    if (isEdited(state, one)) torn ||= one[1].base !== undefined;
    else removeTier(state, one[0]);
  // What is saved is compared with what the edits were made to.
  const read = torn ? state.files.get(file)?.read : text;
  state.files.set(file, {
    ...{ format, problems },
    ...(read === undefined ? {} : { read }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(torn ? { torn } : {}),
  });
}

/** A file is gone, or says nothing of the recording any more. */
export function forgetFile(state: AnnotationState, file: string): void {
  const format = state.files.get(file)?.format;
  if (!format) return;
  adoptSource(state, { file, format, tiers: [], problems: [] });
  if (!tiersIn(state, file).some(([id]) => tierById(state, id))) state.files.delete(file);
}

function addTier(
  state: AnnotationState,
  file: string,
  format: KnownTier['format'],
  fresh: AnnotationSource['tiers'][number],
): void {
  const id = `tier${state.nextTier++}`;
  const base = tierOf(fresh, id);
  state.known.set(id, { file, format, key: fresh.key, base, items: fresh.items });
  putTier(state, id, base);
}

function removeTier(state: AnnotationState, id: string): void {
  putTier(state, id, undefined);
  state.known.delete(id);
}
