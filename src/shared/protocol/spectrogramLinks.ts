import type { ParameterChecks } from './channel.ts';
import { type Check, isBoolean, isNumber, isString, object, optional, parameters } from './check.ts';

/** What a view asks about the views it shares its time with. */
export interface LinksHost {
  /** First of all: joins again the group that the view kept, unless the extension knows a newer one. */
  openLink(durationSec: number, kept?: KeptLink): void;
  /** What is seen, pointed at and selected has been changed here; at most once a frame. */
  timeMoved(time: SharedTime): void;
  /** What is heard here; nothing any more. Told apart, so that it never moves what is seen elsewhere. */
  playMoved(playSec?: number): void;
  /** Shares the time with the views beside this one, or goes ways of its own. */
  setLinked(linked: boolean): void;
  /** From now on the cursors of both views mean the same moment; this view's is at `cursorSec`. */
  alignCursors(cursorSec: number): void;
  /** Second n of one recording is second n of the other again. */
  resetOffset(): void;
}

export interface LinksView {
  /** The view's link is another one; with `tell`, its time is the one that counts, and is to be told. */
  linkChanged(tell: boolean, link?: LinkState): void;
  /** Another view has been moved; in seconds of this view's recording, perhaps outside of it. */
  timeShown(time: SharedTime): void;
  playShown(playSec?: number): void;
}

/** In seconds of the recording of whoever tells or is told. */
export interface SharedTime {
  startSec: number;
  endSec: number;
  cursorSec: number;
  selection?: { anchorSec: number; headSec: number };
}

/** What a view keeps, so that views find each other again after the window was loaded anew. */
export interface KeptLink {
  group: string;
  linked: boolean;
  /** A moment of the group is this much later in the view's own recording. */
  offsetSec: number;
}

export interface LinkState extends KeptLink {
  /** Names of the other recordings, empty for another view of the same; none while the others are not there. */
  partners: string[];
  /** How much later a moment is here than in the first of the others. */
  shiftSec: number;
  /** The stretch that all recordings of the group fill together. */
  reach: { startSec: number; endSec: number };
}

const longestGroupName = 100;
const isGroup: Check<string> = (value): value is string => isString(value) && value.length <= longestGroupName;

export const isKeptLink: Check<KeptLink> = (value): value is KeptLink =>
  object({ group: isGroup, linked: isBoolean, offsetSec: isNumber })(value);

const isSharedTime: Check<SharedTime> = (value): value is SharedTime =>
  object<SharedTime>({
    startSec: isNumber,
    endSec: isNumber,
    cursorSec: isNumber,
    selection: optional(object({ anchorSec: isNumber, headSec: isNumber })),
  })(value);

const isLinkState: Check<LinkState> = (value): value is LinkState =>
  isKeptLink(value) &&
  object({
    partners: (names): names is string[] => Array.isArray(names) && names.every(isString),
    shiftSec: isNumber,
    reach: object({ startSec: isNumber, endSec: isNumber }),
  })(value);

export const linksHostChecks: ParameterChecks<LinksHost> = {
  openLink: parameters(isNumber, optional(isKeptLink)),
  timeMoved: parameters(isSharedTime),
  playMoved: parameters(optional(isNumber)),
  setLinked: parameters(isBoolean),
  alignCursors: parameters(isNumber),
  resetOffset: parameters(),
};

export const linksViewChecks: ParameterChecks<LinksView> = {
  linkChanged: parameters(isBoolean, optional(isLinkState)),
  timeShown: parameters(isSharedTime),
  playShown: parameters(optional(isNumber)),
};
