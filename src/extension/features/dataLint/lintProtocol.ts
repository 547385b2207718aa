import type { Problem, ProblemFix, RecordingChange } from '../../../shared/problem.ts';
import type { ParameterChecks } from '../../../shared/protocol/channel.ts';
import {
  arrayOf,
  type Check,
  either,
  isBoolean,
  isInteger,
  isString,
  object,
  oneOf,
  optional,
  parameters,
} from '../../../shared/protocol/check.ts';

/** What the extension may ask of the thread that checks data. */
export interface LintWorker {
  /** Ends an earlier check of the same target. Undefined when this one was ended, or the target lists no recordings. */
  check(request: CheckRequest): Promise<CheckSummary | undefined>;
  cancel(target: string): void;
  /** Writes a changed copy beside a recording. */
  changeRecording(file: string, change: RecordingChange): Promise<{ file: string; durationSec: number }>;
}

export interface CheckRequest {
  /** An experiment file or a document that lists recordings. */
  target: string;
  /** What it tells meanwhile carries this, so that it is told from what an earlier check still says. */
  id: number;
  /** Texts of editors that are not saved, by path. */
  texts: [path: string, text: string][];
  /** Also decode the recordings. */
  listen: boolean;
  /** Recordings that were looked at have not changed since: only the text has. */
  trusting: boolean;
}

export interface CheckSummary {
  /** Documents that were read. */
  files: string[];
  utterances: number;
  usable: number;
  /** Problems that were found but not sent, by file. */
  held: [file: string, count: number][];
}

/** What the thread tells while a check goes on. */
export interface LintOwner {
  found(target: string, id: number, problems: Problem[]): void;
  progress(target: string, id: number, stage: 'headers' | 'content', done: number, all: number): void;
}

/** VS Code shows no more of one file. */
export const problemsPerFile = 1000;

const isChange: Check<RecordingChange> = either(
  object({ change: oneOf('resample'), sampleRateHz: isInteger }),
  object({ change: oneOf('trim') }),
);
const isFix = object({
  title: isString,
  replacement: optional(isString),
  copy: optional(isChange),
}) as Check<ProblemFix>;
const isProblem = object({
  code: isString,
  severity: oneOf('error', 'warning', 'info'),
  message: isString,
  file: optional(isString),
  line: optional(isInteger),
  column: optional(isInteger),
  endColumn: optional(isInteger),
  fix: optional(isFix),
}) as Check<Problem>;
const isText = ((value: unknown) => Array.isArray(value) && value.length === 2 && value.every(isString)) as Check<
  [path: string, text: string]
>;

export const lintWorkerChecks: ParameterChecks<LintWorker> = {
  check: parameters(
    object({ target: isString, id: isInteger, texts: arrayOf(isText), listen: isBoolean, trusting: isBoolean }),
  ),
  cancel: parameters(isString),
  changeRecording: parameters(isString, isChange),
};

export const lintOwnerChecks: ParameterChecks<LintOwner> = {
  found: parameters(isString, isInteger, arrayOf(isProblem)),
  progress: parameters(isString, isInteger, oneOf('headers', 'content'), isInteger, isInteger),
};
