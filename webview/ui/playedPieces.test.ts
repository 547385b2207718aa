import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, playedPieces } from './playedPieces.ts';
import { createPlayTimeline } from './playTimeline.ts';

const sampleRateHz = 16_000;

async function collect(
  totalSamples: number,
  { startSample = 0, fromSample = startSample, endSample = totalSamples, speed = 1, rounds = 1 },
): Promise<{ pieces: Piece[]; pulled: [number, number][] }> {
  const pulled: [number, number][] = [];
  const pieces: Piece[] = [];
  let round = 1;
  const source = {
    pull: async (start: number, count: number) => {
      pulled.push([start, count]);
      return [
        Float32Array.from({ length: Math.min(count, totalSamples - start) }, (_, i) => (start + i) / totalSamples),
      ];
    },
    ...{ sampleRateHz, speed, loop: () => round++ < rounds, ended: () => false },
  };
  for await (const piece of playedPieces(source, { startSample, endSample, fromSample })) pieces.push(piece);
  return { pieces, pulled };
}

describe('pieces of what is played', () => {
  it('hold every sample of the stretch once, in windows of bounded size', async () => {
    const { pieces, pulled } = await collect(200_000, { startSample: 1000, endSample: 190_000 });
    const samples = pieces.flatMap(({ channels }) => [...channels[0]!]);
    expect(samples.length).toBe(189_000);
    expect(samples.findIndex((value, i) => Math.round(value * 200_000) !== 1000 + i)).toBe(-1);
    for (const [, count] of pulled) expect(count).toBeLessThanOrEqual(65_536);
    // Sound begins at once.
    expect(pulled[0]![1]).toBe(4000);
  });

  it('begin again at the start of the stretch while it loops', async () => {
    const { pieces } = await collect(50_000, { startSample: 10_000, fromSample: 30_000, endSample: 40_000, rounds: 3 });
    expect(pieces.reduce((sum, { sampleCount }) => sum + sampleCount, 0)).toBe(10_000 + 2 * 30_000);
    expect(pieces.filter(({ startSample }) => startSample === 10_000)).toHaveLength(2);
  });

  it('follow the clip at any speed without drift over an hour', async () => {
    const hour = 3600 * sampleRateHz;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0.5, 0.75, 1.5, 2), async (speed) => {
        const fromSample = hour - 3 * sampleRateHz;
        const { pieces } = await collect(hour, { fromSample, speed });
        const timeline = createPlayTimeline(sampleRateHz);
        let clockSec = 1;
        for (const piece of pieces)
          clockSec = Math.max(
            clockSec,
            timeline.append({ ...piece, playedSamples: piece.channels[0]!.length }, clockSec),
          );
        expect(timeline.sampleAt(timeline.endSec)).toBeCloseTo(hour, -1);
        const played = pieces.reduce((sum, { channels }) => sum + channels[0]!.length, 0);
        expect(played).toBe(Math.round((3 * sampleRateHz) / speed));
      }),
      { numRuns: 4 },
    );
  });
});
