import type { RecordingDifference, RecordingFigures } from '../../../src/shared/protocol/spectrogramDifference.ts';
import { formatBytes, formatTime } from '../../ui/axisText.ts';
import { fill } from '../../ui/fill.ts';
import { amplitudeText, channelsText, containerText, encodingText, rateText } from '../clipText.ts';
import type { Strings } from '../strings.ts';
import type { CompareStrings } from './strings.ts';

/** What a line about a difference says; a time is a place to go to. */
export interface DifferencePart {
  text: string;
  atSec?: number;
}

/** A difference in words, the earlier one first where both are versions of one file. */
export function differenceParts(
  difference: RecordingDifference,
  text: CompareStrings,
  words: Strings,
): DifferencePart[] {
  const { version, other } = difference;
  const heading = { earlier: text.earlierVersion, later: text.laterVersion, none: fill(text.against, other) }[version];
  const parts = [...soundParts(difference, text), ...figureParts(difference, text, words)];
  return parts.length === 0 ? [] : [{ text: heading }, ...parts];
}

function soundParts({ samples, version, before, now }: RecordingDifference, text: CompareStrings): DifferencePart[] {
  switch (samples.kind) {
    case 'same': {
      const whole = before.sizeBytes === now.sizeBytes && before.encoding === now.encoding;
      return [{ text: whole ? text.sameSamples : text.sameSound }];
    }
    case 'incomparable':
      return [{ text: text.incomparable }];
    case 'different': {
      const { firstSec, lastSec, share, largest } = samples;
      // Two recordings of their own differ from their first sound on, which tells nothing.
      if (version === 'none' && share > 0.5) return [];
      const percent = share >= 0.0995 ? (share * 100).toFixed(0) : (share * 100).toPrecision(2);
      return [
        { text: fill(text.firstDifference, formatTime(firstSec)), atSec: firstSec },
        { text: fill(text.lastDifference, formatTime(lastSec)), atSec: lastSec },
        { text: fill(text.differingShare, percent) },
        ...(largest > 0 ? [{ text: fill(text.largestDifference, amplitudeText(largest)) }] : []),
      ];
    }
  }
}

/** What of the files' figures is another one. */
function figureParts(
  { before, now, version }: RecordingDifference,
  text: CompareStrings,
  words: Strings,
): DifferencePart[] {
  // A few bytes more or less are lost in rounding.
  const alike = formatBytes(before.sizeBytes) === formatBytes(now.sizeBytes);
  const shown: [string, (figures: RecordingFigures) => string][] = [
    [words.duration, ({ durationSec }) => `${durationSec.toFixed(3)} s`],
    [words.rate, ({ sampleRateHz }) => rateText(sampleRateHz)],
    [words.channels, ({ channels }) => channelsText(channels, words)],
    [words.format, ({ container, encoding }) => `${containerText(container)} ${encodingText(encoding)}`],
    [words.size, ({ sizeBytes }) => (alike ? `${sizeBytes} B` : formatBytes(sizeBytes))],
    [words.peak, ({ peak }) => amplitudeText(peak)],
    [words.rms, ({ rms }) => amplitudeText(rms)],
  ];
  return shown.flatMap(([name, textOf]) => {
    const [was, is] = [textOf(before), textOf(now)];
    if (was === is) return [];
    const [from, to] = version === 'later' ? [is, was] : [was, is];
    return [{ text: fill(version === 'none' ? text.unlike : text.changed, name, from, to) }];
  });
}
