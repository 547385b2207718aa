import type { Store } from '../ui/store.ts';
import type { PanelContext } from './section.ts';
import type { ViewState } from './viewState.ts';

/** What the sections of this folder share beyond `PanelContext`: how the panel is arranged, and the step that is chosen. */
export interface PanelParts extends PanelContext {
  state: Store<ViewState>;
  /** Shows the utterances of a step of the run in focus. */
  pickStep(step: number): void;
}

/** A click may come too late for its run; the host says so to the user. */
export const tell = (call: Promise<unknown>): void => void call.catch(() => {});
