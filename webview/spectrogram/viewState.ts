import { type ColormapName, isColormapName } from '../../src/shared/colormap.ts';
import type { TextCase } from '../../src/shared/protocol/listen.ts';
import { mixedChannels } from '../../src/shared/protocol/spectrogram.ts';
import { isKeptAugment, type KeptAugment } from '../../src/shared/protocol/spectrogramAugment.ts';
import { isKeptLink, type KeptLink } from '../../src/shared/protocol/spectrogramLinks.ts';
import type { TranscribedWord } from '../../src/shared/protocol/spectrogramModel.ts';
import { isPictureSettings, type PictureSettings } from '../../src/shared/protocol/spectrogramPicture.ts';
import { speeds } from './ear/speeds.ts';
import { type Bands, clampBands, keptBands } from './hand/bands.ts';
import type { Selection } from './hand/selection.ts';
import { type SnapMode, snapModes } from './hand/snap.ts';
import type { Viewport } from './hand/viewport.ts';
import { type AxisLock, axisLocks } from './hand/zoomPan.ts';
import { initialLanes, type LaneChoice, restoreLanes } from './model/laneChoice.ts';

/** A text the model found in a stretch. */
export interface Transcript {
  startSec: number;
  endSec: number;
  text: string;
  words: TranscribedWord[];
  model: string;
  /** What becomes of the case of references; undefined in what an older version kept. */
  textCase?: TextCase;
}

export const channelLayouts = ['mixed', 'lanes'] as const;
export type ChannelLayout = (typeof channelLayouts)[number];

/** What the user has arranged; it survives the view being hidden and the window being reloaded. */
export interface ViewState {
  viewport: Viewport | undefined;
  /** The visible part of the frequency axis; undefined shows all of it. */
  bands: Bands | undefined;
  /** The axes that wheel and pointer move. */
  axisLock: AxisLock;
  /** What edges of the selection are drawn to. */
  snap: SnapMode;
  selection: Selection | undefined;
  cursorSec: number;
  /** Place of the keyboard's cursor on the frequency axis, as a share of the height from the bottom. */
  cursorShare: number;
  /** The channel that is seen and heard alone, or the mix of all; while channels are not apart in lanes. */
  channel: number;
  /** Which features are seen. */
  picture: PictureSettings;
  /** One picture, or each channel in lanes of its own. */
  channelLayout: ChannelLayout;
  /** Channels in lanes that are not heard, and those that alone are heard. */
  muted: number[];
  solo: number[];
  colormap: ColormapName;
  /** Cells drawn as they are, or blended into each other. */
  smooth: boolean;
  /** Levels of the darkest and the brightest colour; undefined follows the recording. */
  levels: { lowDb: number; highDb: number } | undefined;
  /** How many decibels brighter than its levels the picture is. */
  gainDb: number;
  loop: boolean;
  /** A click on a label or a word plays it. */
  playOnClick: boolean;
  /** How fast it is played; the pitch stays. */
  speed: number;
  details: boolean;
  /** How many times taller than full scale the waveform is drawn. */
  waveformGain: number;
  transcripts: Transcript[];
  /** Which rows under the picture are shown. */
  lanes: LaneChoice;
  /** The tier that hypotheses are compared with; undefined takes the first. */
  referenceTier: string | undefined;
  /** The views that this one shares its time with. */
  link: KeptLink | undefined;
  /** The epoch whose augmentation is shown, and whether the clip is shown without it. */
  augment: KeptAugment | undefined;
}

/** Brighter or darker than this there is nothing to see. */
export const largestGainDb = 60;

export const initialState: ViewState = {
  viewport: undefined,
  bands: undefined,
  axisLock: 'both',
  snap: 'off',
  selection: undefined,
  cursorSec: 0,
  cursorShare: 0.3,
  channel: mixedChannels,
  picture: { kind: 'training' },
  channelLayout: 'mixed',
  muted: [],
  solo: [],
  colormap: 'viridis',
  smooth: true,
  levels: undefined,
  gainDb: 0,
  loop: false,
  playOnClick: true,
  speed: 1,
  details: false,
  waveformGain: 1,
  transcripts: [],
  lanes: initialLanes,
  referenceTier: undefined,
  link: undefined,
  augment: undefined,
};

const keptTranscripts = 50;

/** What was kept, as far as it is still understood: another version may have written it. */
export function restoreState(kept: unknown): ViewState {
  if (typeof kept !== 'object' || kept === null) return initialState;
  const from = kept as Partial<Record<keyof ViewState, unknown>>;
  const number = (value: unknown, fallback: number) => (Number.isFinite(value) ? (value as number) : fallback);
  const boolean = (value: unknown, fallback: boolean) => (typeof value === 'boolean' ? value : fallback);
  const channels = (value: unknown) => (Array.isArray(value) ? value.filter((one) => Number.isSafeInteger(one)) : []);
  return {
    viewport: hasNumbers<Viewport>(from.viewport, 'startSec', 'endSec'),
    bands: restoreBands(from.bands),
    axisLock: axisLocks.find((name) => name === from.axisLock) ?? initialState.axisLock,
    snap: snapModes.find((name) => name === from.snap) ?? initialState.snap,
    selection: hasNumbers<Selection>(from.selection, 'anchorSec', 'headSec'),
    cursorSec: number(from.cursorSec, initialState.cursorSec),
    cursorShare: number(from.cursorShare, initialState.cursorShare),
    channel: number(from.channel, initialState.channel),
    picture: isPictureSettings(from.picture) ? from.picture : initialState.picture,
    channelLayout: channelLayouts.find((name) => name === from.channelLayout) ?? initialState.channelLayout,
    muted: channels(from.muted),
    solo: channels(from.solo),
    colormap: isColormapName(from.colormap) ? from.colormap : initialState.colormap,
    smooth: boolean(from.smooth, initialState.smooth),
    levels: hasNumbers<{ lowDb: number; highDb: number }>(from.levels, 'lowDb', 'highDb'),
    gainDb: Math.max(-largestGainDb, Math.min(largestGainDb, number(from.gainDb, initialState.gainDb))),
    loop: boolean(from.loop, initialState.loop),
    playOnClick: boolean(from.playOnClick, initialState.playOnClick),
    speed: speeds.find((one) => one === from.speed) ?? initialState.speed,
    details: boolean(from.details, initialState.details),
    waveformGain: Math.max(1, number(from.waveformGain, initialState.waveformGain)),
    transcripts: (Array.isArray(from.transcripts) ? from.transcripts : []).filter(isTranscript).slice(-keptTranscripts),
    lanes: restoreLanes(from.lanes),
    referenceTier: typeof from.referenceTier === 'string' ? from.referenceTier : undefined,
    link: isKeptLink(from.link) ? from.link : undefined,
    augment: isKeptAugment(from.augment) ? from.augment : undefined,
  };
}

function restoreBands(value: unknown): Bands | undefined {
  const bands = hasNumbers<Bands>(value, 'low', 'high');
  return bands && bands.low < bands.high ? keptBands(clampBands(bands, 0)) : undefined;
}

function hasNumbers<T extends object>(value: unknown, ...keys: (keyof T)[]): T | undefined {
  const whole = typeof value === 'object' && value !== null && keys.every((key) => Number.isFinite((value as T)[key]));
  return whole ? (value as T) : undefined;
}

function isTranscript(value: unknown): value is Transcript {
  const one = hasNumbers<Transcript>(value, 'startSec', 'endSec');
  if (!one || typeof one.text !== 'string' || typeof one.model !== 'string' || !Array.isArray(one.words)) return false;
  return one.words.every(
    (word) => hasNumbers<TranscribedWord>(word, 'startSec', 'endSec') && typeof word.text === 'string',
  );
}

/** A new transcript replaces those it overlaps. */
export function addTranscript(transcripts: readonly Transcript[], added: Transcript): Transcript[] {
  const apart = transcripts.filter((one) => one.endSec <= added.startSec || one.startSec >= added.endSec);
  return [...apart, added].sort((a, b) => a.startSec - b.startSec).slice(-keptTranscripts);
}
