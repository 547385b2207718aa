import type { StreamEvent } from '../streaming/streamEvents.ts';
import type { ParameterChecks } from './channel.ts';
import { arrayOf, type Check, either, isBoolean, isNumber, isString, object, oneOf, parameters } from './check.ts';

/** What the streaming simulator may ask of the extension. */
export interface StreamingHost {
  /** First call of a view. */
  open(): Promise<StreamingChoice>;
  /** Both let the user choose; `chosen` follows. */
  chooseRecording(): void;
  chooseModel(): void;
  /** Plays the recording; what was going on is stopped. */
  start(settings: StreamSettings): void;
  stop(): void;
}

/** What the extension tells a view. */
export interface StreamingView {
  chosen(choice: StreamingChoice): void;
  /** In order; several at once. */
  told(events: StreamEvent[]): void;
  ended(end: StreamEnd): void;
}

/** Paths; null while there is none. */
export interface StreamingChoice {
  recording: string | null;
  model: string | null;
  /** Something is being played. */
  playing: boolean;
}

export interface StreamSettings {
  chunkMs: number;
  /** Null for as much as the model needs. */
  lookAheadMs: number | null;
  silenceMs: number;
  /** 1 is real time, 0 as fast as possible. */
  speed: number;
}

export interface StreamEnd {
  state: 'done' | 'stopped' | 'failed';
  /** Why it failed; else empty. */
  message: string;
}

export const defaultStreamSettings: StreamSettings = { chunkMs: 160, lookAheadMs: null, silenceMs: 600, speed: 1 };

const within =
  (low: number, high: number): Check<number> =>
  (value): value is number =>
    isNumber(value) && value >= low && value <= high;
const isNull: Check<null> = (value): value is null => value === null;

export const isStreamSettings = object<StreamSettings>({
  chunkMs: within(10, 10_000),
  lookAheadMs: either(within(0, 10_000), isNull),
  silenceMs: within(100, 60_000),
  speed: within(0, 100),
});

export const streamingHostChecks: ParameterChecks<StreamingHost> = {
  open: parameters(),
  chooseRecording: parameters(),
  chooseModel: parameters(),
  start: parameters(isStreamSettings),
  stop: parameters(),
};

const isPath = either(isString, isNull);
const isChoice = object<StreamingChoice>({ recording: isPath, model: isPath, playing: isBoolean });
// The engine's own figures.
const isEvent: Check<StreamEvent> = (value): value is StreamEvent => object({ event: isString })(value);

export const streamingViewChecks: ParameterChecks<StreamingView> = {
  chosen: parameters(isChoice),
  told: parameters(arrayOf(isEvent)),
  ended: parameters(object<StreamEnd>({ state: oneOf('done', 'stopped', 'failed'), message: isString })),
};
