import type { Remote } from '../../src/shared/protocol/channel.ts';
import type { ProfilerHost } from '../../src/shared/protocol/profiler.ts';
import type { RunModel } from '../../src/shared/run/runModel.ts';
import type { Strings } from './strings.ts';

/** One part of the panel. It paints only while it is visible. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly element: HTMLElement;
  /** The shown runs changed or have new data; the first is the one in focus. Called only while the section is visible. */
  update(runs: readonly ShownRun[]): void;
  dispose(): void;
}

export interface ShownRun {
  directory: string;
  name: string;
  state: string;
  /** A process works on it. */
  active: boolean;
  model: RunModel;
  /** Tells the run from others in every chart; legible on the theme's background. */
  color: string;
}

/** What a section may use. */
export interface PanelContext {
  remote: Remote<ProfilerHost>;
  text: Strings;
}
