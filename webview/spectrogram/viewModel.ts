import type { Problem } from '../../src/shared/problem.ts';
import type { Remote } from '../../src/shared/protocol/channel.ts';
import type { HostAction, OpenedClip, SpectrogramHost, SurveyProgress } from '../../src/shared/protocol/spectrogram.ts';
import type { AnnotationSet } from '../../src/shared/protocol/spectrogramAnnotations.ts';
import type { Loudness, OpenedPicture } from '../../src/shared/protocol/spectrogramPicture.ts';
import type { Store } from '../ui/store.ts';
import { initialTiers, type TiersState } from './annotations/tiersState.ts';
import { type CompareLive, initialCompareLive } from './compare/compareLive.ts';
import type { Measured, Measuring } from './export/measuring.ts';
import { allBands, type Bands } from './hand/bands.ts';
import type { Stretch } from './hand/selection.ts';
import { fitAll, type Limits, type Viewport } from './hand/viewport.ts';
import { initialModelLive, type ModelLive } from './model/modelLive.ts';
import type { FrequencyAxis } from './picture/frequencyAxis.ts';
import type { Strings } from './strings.ts';
import type { ViewState } from './viewState.ts';

export type ReadableClip = Extract<OpenedClip, { readable: true }>;

/** What changes while a view is open and is not kept. */
export interface LiveState extends ModelLive, CompareLive {
  /** Where the pointer is; the share is missing over lanes without frequencies. */
  hover: { sec: number; share: number | undefined; lane?: number } | undefined;
  /** The rectangle that is being drawn to zoom to; what is missing is all of that axis. */
  box: { stretch?: Stretch; bands?: Bands } | undefined;
  /** Dragging draws a rectangle instead of selecting. */
  boxTool: boolean;
  /** The cursor's band was moved by keys and is shown. */
  bandShown: boolean;
  playing: boolean;
  playSec: number | undefined;
  transcribing: { request: number; startSec: number; endSec: number } | undefined;
  failure: { message: string; actions: { action: HostAction; title: string }[] } | undefined;
  survey: SurveyProgress | undefined;
  measuring: Measuring | undefined;
  measured: Measured | undefined;
  /** Labels and transcripts; undefined until the extension has told. */
  annotations: AnnotationSet | undefined;
  /** The label that a text editor's cursor is on. */
  pointedAt: { tier: string; item: number } | undefined;
  tiers: TiersState;
}

export const initialLive: LiveState = {
  ...initialModelLive,
  ...initialCompareLive,
  hover: undefined,
  box: undefined,
  boxTool: false,
  bandShown: false,
  playing: false,
  playSec: undefined,
  transcribing: undefined,
  failure: undefined,
  survey: undefined,
  measuring: undefined,
  measured: undefined,
  annotations: undefined,
  pointedAt: undefined,
  tiers: initialTiers,
};

/** What the parts of a view share. */
export interface ViewModel {
  readonly clip: ReadableClip;
  /** What is seen: a picture for each lane, the first for what there is only one of. */
  readonly pictures: readonly OpenedPicture[];
  readonly picture: OpenedPicture;
  readonly loudness: Loudness;
  readonly remote: Remote<SpectrogramHost>;
  readonly state: Store<ViewState>;
  readonly live: Store<LiveState>;
  readonly limits: Limits;
  readonly axis: FrequencyAxis;
  /** Times that edges of the selection can snap to: those who show words or labels add theirs. */
  readonly snapPoints: Set<() => Iterable<number>>;
  readonly text: Strings;
}

export function viewportOf(model: ViewModel): Viewport {
  return model.state.state.viewport ?? fitAll(model.limits);
}

export function bandsOf({ state }: ViewModel): Bands {
  return state.state.bands ?? allBands;
}

/** Levels of the darkest and the brightest colour. */
export function levelsOf(model: ViewModel): { lowDb: number; highDb: number } {
  const { levels, gainDb } = model.state.state;
  const { lowDb, highDb } = levels ?? model.loudness;
  return { lowDb: lowDb - gainDb, highDb: highDb - gainDb };
}

/** The file's own problems, those that its samples showed, and those of the files with its labels. */
export function problemsOf(model: ViewModel): Problem[] {
  const { survey, annotations } = model.live.state;
  return [
    ...model.clip.problems,
    ...(model.picture.problem ? [model.picture.problem] : []),
    ...(survey?.problems ?? []),
    ...(annotations?.problems ?? []),
  ];
}
