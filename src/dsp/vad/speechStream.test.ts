import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultSegmentRules, findSpeechSegments, type SegmentRules } from './speechSegments.ts';
import { createSpeechStream } from './speechStream.ts';

const stream = (speech: readonly boolean[], rules: SegmentRules) => {
  const segments = createSpeechStream(rules);
  return [...speech.flatMap((one) => segments.push(one)), ...segments.end()];
};
/** Runs of speech and pauses, from a frame to some seconds. */
const decisions = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 120 })), { maxLength: 40 })
  .map((runs) => runs.flatMap(([speech, frames]) => Array<boolean>(frames).fill(speech)));

it('finds what is found in all decisions at once, whatever the rules', () => {
  const rules = fc.record({
    paddingSec: fc.constantFrom(0, 0.15, 0.6),
    minSilenceSec: fc.constantFrom(0.1, 0.3, 1),
    minSpeechSec: fc.constantFrom(0, 0.1, 0.5),
    maxSegmentSec: fc.constantFrom(2, 25, Number.POSITIVE_INFINITY),
  });
  fc.assert(
    fc.property(decisions, rules, (speech, chosen) => {
      const all = { ...defaultSegmentRules, ...chosen };
      const inFrames = (segments: { startSec: number; endSec: number }[]) =>
        segments.map(({ startSec, endSec }) => [Math.round(startSec / 0.03), Math.round(endSec / 0.03)]);
      expect(inFrames(stream(speech, all))).toEqual(inFrames(findSpeechSegments(speech, all)));
    }),
  );
});

it('settles a segment soon after its pause', () => {
  const segments = createSpeechStream();
  const found = [...Array<boolean>(60).fill(true), ...Array<boolean>(60).fill(false)].flatMap((one, frame) =>
    segments.push(one).map((segment) => ({ ...segment, frame })),
  );
  expect(found).toHaveLength(1);
  expect(found[0]!.frame).toBeLessThan(60 + 60);
  expect(segments.end()).toEqual([]);
});
