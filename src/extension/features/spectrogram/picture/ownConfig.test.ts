import { describe, expect, it } from 'vitest';
import { ownConfig } from './ownConfig.ts';

describe('the config of a recording', () => {
  const near = ['/w/a/b.asr.yaml', '/w/a/a.asr.yaml'];

  it('is in the nearest folder that has one', () => {
    expect(ownConfig([[], near, ['/w/x.asr.yaml']], [])).toBe('/w/a/a.asr.yaml');
    expect(ownConfig([[], []], ['/w/a/a.asr.yaml'])).toBeUndefined();
  });

  it('is the one that was used last where there are several', () => {
    expect(ownConfig([near, ['/w/x.asr.yaml']], ['/w/x.asr.yaml', '/w/a/b.asr.yaml'])).toBe('/w/a/b.asr.yaml');
  });
});
