import { readFileSync } from 'node:fs';
import type { FeatureMatrix } from '../src/dsp/featureMatrix.ts';
import type { FeatureSpec } from '../src/shared/config/schema.ts';
import { melSpec, readMelClip } from './melFixture.ts';

/** Values at random places of features as torchaudio.compliance.kaldi computes them in float64. */
export interface Sampled {
  frames: number;
  index: number[];
  value: number[];
}

export interface KaldiCase {
  name: string;
  spec: FeatureSpec;
  clip: Sampled;
  tiny: Sampled;
  /** By length: the first samples of `edgeClip`. */
  edges: Record<string, Sampled>;
  /** By path. */
  speech: Record<string, Sampled>;
}

interface Fixture {
  made: { edgesFrom: number };
  recordings: Record<string, string>;
  cases: (Omit<KaldiCase, 'spec'> & { spec: object })[];
}

/** Made by test/fixtures/makeKaldiFixtures.py. */
const fixture: Fixture = JSON.parse(readFileSync(new URL('./fixtures/mel/kaldi.json', import.meta.url), 'utf8'));

export const kaldiCases: KaldiCase[] = fixture.cases.map((one) => ({ ...one, spec: melSpec(one.spec) }));
/** SHA-256 of the recordings by path. */
export const kaldiRecordings = fixture.recordings;
export const edgeClip = () => readMelClip('clip').subarray(fixture.made.edgesFrom);

/**
 * The product promises 1e-3 relative. Bands are float64 up to the power; their logarithms in float32 (a step is 1.9e-6
 * at 20) leave this, and a cepstrum adds up 80 of them, weighted up to 12 by the lifter.
 */
export const kaldiTolerance = (spec: FeatureSpec) => (spec.type === 'mfcc' ? 1e-4 : 5e-6);

export function largestDifference(actual: FeatureMatrix, { index, value }: Sampled): number {
  return index.reduce((most, at, i) => Math.max(most, Math.abs(actual.data[at]! - value[i]!)), 0);
}
