/** What a place in a recording can be measured with. */
export interface PlaceScale {
  durationSec: number;
  sampleRateHz: number;
  /** From one feature frame to the next. */
  hopSec: number;
  /** What relative places are counted from. */
  fromSec: number;
}

export type ParsedPlace = { sec: number } | { wrong: 'unknown' | 'before' | 'after' };

const digits = /^\d+(?:\.\d*)?$|^\.\d+$/;

/**
 * A place as a person types it: seconds `83.5`, a clock `1:23.5` or `0:01:23.5`, a sample `s1328000`, a frame `f8300`,
 * or with a sign in front as a distance from where one is. A decimal comma is a point.
 */
export function parsePlace(text: string, scale: PlaceScale): ParsedPlace {
  const typed = text.trim().replace(/\s+/g, '').replace(',', '.').replace('−', '-').toLowerCase();
  const sign = typed.startsWith('+') ? 1 : typed.startsWith('-') ? -1 : 0;
  const length = parseLength(sign === 0 ? typed : typed.slice(1), scale);
  if (length === undefined) return { wrong: 'unknown' };
  const sec = sign === 0 ? length : scale.fromSec + sign * length;
  // A sample or frame that is the end of the recording rounds to either side of it.
  const slack = 0.5 / scale.sampleRateHz;
  if (sec < -slack) return { wrong: 'before' };
  if (sec > scale.durationSec + slack) return { wrong: 'after' };
  return { sec: Math.max(0, Math.min(scale.durationSec, sec)) };
}

function parseLength(text: string, { sampleRateHz, hopSec }: PlaceScale): number | undefined {
  const counted = /^([sf])(\d+)$/.exec(text);
  if (counted) return Number(counted[2]) * (counted[1] === 's' ? 1 / sampleRateHz : hopSec);
  const unit = /^(.+?)(ms|s|min|h)$/.exec(text);
  if (unit && digits.test(unit[1]!)) return Number(unit[1]) * { ms: 0.001, s: 1, min: 60, h: 3600 }[unit[2] as 'ms'];
  const parts = text.split(':');
  const last = parts.at(-1)!;
  const whole = parts.slice(0, -1);
  if (parts.length > 3 || !digits.test(last) || whole.some((part) => !/^\d+$/.test(part))) return undefined;
  // After a colon come minutes and seconds: below sixty.
  if (parts.slice(1).some((part) => Number(part) >= 60)) return undefined;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}
