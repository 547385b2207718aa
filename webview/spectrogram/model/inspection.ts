import { longestInspectionSec } from '../../../src/shared/protocol/listen.ts';
import type { Inspection } from '../../../src/shared/protocol/spectrogramModel.ts';
import { type Stretch, stretchOf } from '../hand/selection.ts';
import { nextRequest } from '../tracks/transcription.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { addTranscript } from '../viewState.ts';
import { referencesIn, referencesOf, touches, wholeReferences } from './references.ts';

/** What would be looked into: the selection, or what is seen where nothing is selected. */
export function stretchToInspect(model: ViewModel): Stretch {
  const { startSec, endSec } = stretchOf(model.state.state.selection) ?? viewportOf(model);
  return { startSec, endSec: Math.min(endSec, model.limits.durationSec) };
}

export const isTooLong = ({ startSec, endSec }: Stretch): boolean => endSec - startSec > longestInspectionSec;

/** The view of the page: a picture with other settings is a new view, which takes over what an earlier one asked. */
let newest: ViewModel | undefined;

/** Asks what a model makes of a stretch, widened to whole references; the result stands beside those of other stretches. */
export async function inspect(model: ViewModel): Promise<void> {
  const { state, live, remote, limits } = model;
  const asked = stretchToInspect(model);
  if (live.state.inspecting || limits.durationSec === 0 || isTooLong(asked)) return;
  const references = referencesOf(live.state.annotations, state.state.referenceTier);
  const whole = wholeReferences(references, asked);
  const [startSec, endSec] = [Math.max(0, whole.startSec), Math.min(limits.durationSec, whole.endSec)];
  const request = nextRequest();
  live.update({ inspecting: { request, startSec, endSec, share: 0 }, inspectionFailure: undefined });
  const near = referencesIn(references, { startSec, endSec });
  const answer = await remote.inspect(request, startSec, endSec, near).catch((error: unknown) => ({
    ok: false as const,
    message: error instanceof Error ? error.message : String(error),
    actions: [{ action: 'showLog' as const, title: 'Show Log' }],
  }));
  const now = newest ?? model;
  // Another one may have been begun after this one was cancelled.
  if (now.live.state.inspecting?.request !== request) return;
  now.live.update({ inspecting: undefined });
  if (answer.ok) takeInspection(now, answer.inspection);
  else now.live.update({ inspectionFailure: { message: answer.message, actions: answer.actions } });
}

const withInspection = (inspections: readonly Inspection[], added: Inspection): Inspection[] =>
  [...inspections.filter((one) => !touches(one, added)), added].sort((a, b) => a.startSec - b.startSec);

/** A new stretch replaces those it overlaps, as their transcripts. */
function takeInspection({ live, state }: ViewModel, inspection: Inspection): void {
  live.update({ inspections: withInspection(live.state.inspections, inspection) });
  const { startSec, endSec, text, words, model, textCase } = inspection;
  state.update({
    transcripts: addTranscript(state.state.transcripts, { startSec, endSec, text, words, model, textCase }),
  });
}

export function cancelInspection({ live, remote }: ViewModel): void {
  const running = live.state.inspecting;
  if (!running) return;
  live.update({ inspecting: undefined });
  void remote.cancelInspection(running.request).catch(() => {});
}

/** A view that was hidden, or shows another picture now, finds again what the extension has kept, and what goes on. */
export async function recallInspections(model: ViewModel): Promise<void> {
  const { live, remote } = model;
  const { inspecting } = newest?.live.state ?? {};
  newest = model;
  if (inspecting) live.update({ inspecting });
  const inspections = await remote.inspections().catch(() => []);
  // What has been answered meanwhile is newer.
  live.update({ inspections: live.state.inspections.reduce(withInspection, inspections) });
}

export const inspectionsIn = ({ live }: ViewModel, stretch: Stretch): Inspection[] =>
  live.state.inspections.filter((one) => touches(one, stretch));
