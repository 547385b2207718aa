import { stretchOf } from '../hand/selection.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { addTranscript } from '../viewState.ts';

let requests = 0;

/** Requests of a view are numbered, so that they can be cancelled. */
export const nextRequest = (): number => ++requests;

/** Asks for the text of the selection, or of what is seen where nothing is selected. */
export async function transcribe(model: ViewModel): Promise<void> {
  const { state, live, remote, limits } = model;
  if (live.state.transcribing || limits.durationSec === 0) return;
  const stretch = stretchOf(state.state.selection) ?? viewportOf(model);
  const [startSec, endSec] = [Math.max(0, stretch.startSec), Math.min(stretch.endSec, limits.durationSec)];
  const running = { request: nextRequest(), startSec, endSec };
  live.update({ transcribing: running, failure: undefined });
  const answer = await remote.transcribe(running.request, startSec, endSec).catch((error: unknown) => ({
    ok: false as const,
    message: error instanceof Error ? error.message : String(error),
    actions: [{ action: 'showLog' as const, title: 'Show Log' }],
  }));
  // Another one may have been begun after this one was cancelled.
  if (live.state.transcribing !== running) return;
  live.update({ transcribing: undefined });
  if (!answer.ok) {
    live.update({ failure: { message: answer.message, actions: answer.actions } });
    return;
  }
  const { text, words, model: name, textCase } = answer;
  const transcript = { startSec, endSec, text, words, model: name, textCase };
  state.update({ transcripts: addTranscript(state.state.transcripts, transcript) });
}

export function cancelTranscription({ live, remote }: ViewModel): void {
  const running = live.state.transcribing;
  if (!running) return;
  live.update({ transcribing: undefined });
  void remote.cancelTranscription(running.request).catch(() => {});
}
