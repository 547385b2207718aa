/** Something wrong that the user can mend, as data. Lines and columns count from 1, as editors show them. */
export interface Problem {
  code: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  file?: string;
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
  /** What mends it without further thought; editors offer it as a quick fix. */
  fix?: ProblemFix;
}

export interface ProblemFix {
  /** Imperative, as a menu shows it. */
  title: string;
  /** Text to put in place of the problem's range. */
  replacement?: string;
  /** Config keys to set, path → YAML value: `{ 'features.hopSamples': '160' }`. */
  set?: Record<string, string>;
  /** A changed copy of the recording, written beside it, that the line then names. */
  copy?: RecordingChange;
}

/** Another rate, or no more than a breath of silence at either end. */
export type RecordingChange = { change: 'resample'; sampleRateHz: number } | { change: 'trim' };

/** `path:line:col: error CODE: message`, the form terminals and problem matchers read. */
export function renderProblem(problem: Problem): string {
  const place = problem.file ? `${problem.file}:${problem.line ?? 1}:${problem.column ?? 1}: ` : '';
  return showControls(`${place}${problem.severity} ${problem.code}: ${problem.message}`);
}

/**
 * Control characters as `\u{1b}`. File names and transcripts may hold some: they would act on a terminal, reverse a
 * line's direction, or break the one line that a problem is.
 */
export function showControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

/** An expected failure, shown with its own text and no stack. */
export class UserError extends Error {
  override name = 'UserError';
  readonly problems: readonly Problem[];
  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.problems = problems;
  }
}
