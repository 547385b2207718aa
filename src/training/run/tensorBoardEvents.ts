import { frameRecord } from './tfRecord.ts';

/** What a TensorBoard event file holds: scalars and texts of a step, and where a session of training began. */
export interface TensorBoardEvent {
  /** Unix time. */
  timeMs: number;
  step: number;
  scalars?: Record<string, number>;
  /** Shown as Markdown. */
  texts?: Record<string, string>;
}

/** The first record of every file. */
export const renderVersion = (timeMs: number): Uint8Array =>
  renderRecord({ timeMs, step: 0 }, text(3, 'brain.Event:2'));

/** A session of training goes on: readers drop what earlier files say of this step and later ones. */
export const renderSessionStart = (timeMs: number, step: number): Uint8Array =>
  renderRecord({ timeMs, step }, message(7, varint(1, 1)));

export function renderTensorBoardEvent(event: TensorBoardEvent): Uint8Array {
  const scalars = Object.entries(event.scalars ?? {}).map(([tag, value]) => [...text(1, tag), ...float(2, value)]);
  const texts = Object.entries(event.texts ?? {}).map(([tag, value]) => [
    ...text(1, tag),
    ...message(8, textTensor(value)),
    ...message(9, message(1, text(1, 'text'))),
  ]);
  return renderRecord(
    event,
    message(
      5,
      [...scalars, ...texts].flatMap((value) => message(1, value)),
    ),
  );
}

/** A tensor of one string. */
const textTensor = (value: string): number[] => [
  ...varint(1, 7),
  ...message(2, message(2, varint(1, 1))),
  ...text(8, value),
];

/** The event's time and step, then the rest of its fields. Fields are those of TensorFlow's `event.proto`. */
function renderRecord({ timeMs, step }: TensorBoardEvent, what: number[]): Uint8Array {
  return frameRecord(Uint8Array.from([...double(1, timeMs / 1000), ...(step === 0 ? [] : varint(2, step)), ...what]));
}

/** Protocol Buffers: each field is its number and wire type, then its value. */
const key = (field: number, wireType: number): number => (field << 3) | wireType;

function varint(field: number, value: number): number[] {
  return [key(field, 0), ...base128(value)];
}

function base128(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 128);
  }
}

const message = (field: number, content: readonly number[] | Uint8Array): number[] => [
  key(field, 2),
  ...base128(content.length),
  ...content,
];
const text = (field: number, value: string): number[] => message(field, new TextEncoder().encode(value));
const float = (field: number, value: number): number[] => [
  key(field, 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
];
const double = (field: number, value: number): number[] => [
  key(field, 1),
  ...new Uint8Array(Float64Array.of(value).buffer),
];
