import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderSessionStart, renderTensorBoardEvent, renderVersion } from './tensorBoardEvents.ts';
import { crc32c } from './tfRecord.ts';

const fixture = join(import.meta.dirname, '../../../test/fixtures/tensorboard/events.hex');

describe('event files', () => {
  it("are byte for byte what TensorBoard's own writer makes of the same events", () => {
    const startMs = 1767225600_000;
    const ours = Buffer.concat([
      renderVersion(startMs),
      renderSessionStart(startMs + 250, 7),
      renderTensorBoardEvent({
        timeMs: startMs + 1500,
        step: 300,
        scalars: { 'loss/train': 1.625, learning_rate: 0.001 },
      }),
      renderTensorBoardEvent({
        timeMs: startMs + 2125,
        step: 3_000_000_000,
        scalars: { 'wer/dev': 0.25 },
        texts: { 'samples/dev': `| größer | ${'x'.repeat(150)}` },
      }),
    ]);
    expect(ours.toString('hex')).toBe(readFileSync(fixture, 'utf8').replaceAll('\n', ''));
  });

  it('have the checksums of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });
});
