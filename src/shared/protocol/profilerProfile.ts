import type { ProfileNode, ProfileRow, ProfileSummary, TimelineSpan } from '../run/profileSummary.ts';
import type { ParameterChecks } from './channel.ts';
import { arrayOf, type Check, isInteger, isNumber, isString, object, oneOf, optional, parameters } from './check.ts';

/** What the profiler view may ask of the extension about profiles. */
export interface ProfileHost {
  /** The summary in `path`, a directory relative to the run's; null when there is none or it is not of this form. */
  profile(directory: string, path: string): Promise<ProfileSummary | null>;
  openProfileFile(directory: string, path: string, kind: ProfileFileKind): void;
}

/** `reveal` shows the directory itself. */
export const profileFileKinds = ['trace', 'engineCpu', 'graphCpu', 'reveal'] as const;
export type ProfileFileKind = (typeof profileFileKinds)[number];

export const profileHostChecks: ParameterChecks<ProfileHost> = {
  profile: parameters(isString, isString),
  openProfileFile: parameters(isString, isString, oneOf(...profileFileKinds)),
};

const isRow: Check<ProfileRow> = object({ name: isString, totalMs: isNumber, calls: isInteger, outputBytes: isNumber });
const isPhase = oneOf('forward', 'loss', 'backward', 'update', 'other');
const isNode: Check<ProfileNode> = object({
  name: isString,
  operator: isString,
  layer: isString,
  phase: isPhase,
  provider: isString,
  totalMs: isNumber,
  calls: isInteger,
  output: isString,
  outputBytes: isNumber,
});
const isPart = object({
  name: oneOf('wait', 'transfer', 'feed', 'graph', 'update', 'report'),
  totalMs: isNumber,
});
const isSpan: Check<TimelineSpan> = object({
  line: isString,
  name: isString,
  startMs: isNumber,
  durationMs: isNumber,
  phase: optional(isPhase),
});

/** What a file must hold to be shown; it comes from a disk, where anything may have written it. */
export const isProfileSummary: Check<ProfileSummary> = object({
  version: oneOf(1),
  device: isString,
  firstStep: isInteger,
  steps: isInteger,
  startedMs: isNumber,
  shapes: arrayOf(isString, 10_000),
  wallMs: isNumber,
  nodesMs: isNumber,
  offDeviceMs: isNumber,
  profilingMs: isNumber,
  parts: arrayOf(isPart, 100),
  byOperator: arrayOf(isRow, 10_000),
  byLayer: arrayOf(isRow, 10_000),
  byPhase: arrayOf(isRow, 100),
  byProvider: arrayOf(isRow, 100),
  nodes: arrayOf(isNode, 10_000),
  timeline: arrayOf(isSpan, 100_000),
});
