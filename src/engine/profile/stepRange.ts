import { UsageError } from '../arguments.ts';

/** Steps as events number them: the first is 1. */
export interface StepRange {
  first: number;
  last: number;
}

/** ONNX Runtime keeps a million events of a session: a step with long recurrences has up to fifty thousand. */
const mostSteps = 20;

/** `3..7` or `3`; throws a UsageError for anything else. */
export function parseStepRange(text: string | undefined): StepRange | undefined {
  if (text === undefined) return undefined;
  const [, from, to] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const first = Number(from);
  const last = Number(to ?? from);
  if (!(first >= 1 && last >= first && last - first < mostSteps))
    throw new UsageError(
      `--profile-steps is "${text}"; expected the first and the last step to profile, such as 3..7, at most ${mostSteps} steps`,
    );
  return { first, last };
}
