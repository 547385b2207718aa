import { emptyMelBands, melCentresHz } from '../../dsp/mel.ts';
import { articleRules } from '../../shared/config/articleRules.ts';
import { deviceRules } from '../../shared/config/deviceRules.ts';
import { type ConfigFinding, type ConfigRule, configRules } from '../../shared/config/lintExperiment.ts';
import { optimisationRules } from '../../shared/config/optimisationRules.ts';
import type { Experiment } from '../../shared/config/schema.ts';

const emptyBands: ConfigRule = {
  code: 'empty-bands',
  severity: 'warning',
  finds: 'mel bands so narrow that no FFT bin falls into them: they are silent for every sound',
  check: ({ features }) => findEmptyBands(features),
};

/** All rules for one experiment: those that need the keys alone, and those that compute. */
export const experimentRules: readonly ConfigRule[] = [
  ...configRules,
  ...optimisationRules,
  ...deviceRules,
  ...articleRules,
  emptyBands,
];

function findEmptyBands(features: Experiment['features']): ConfigFinding | undefined {
  const empty = emptyMelBands(features);
  if (empty.length === 0) return undefined;
  const centres = melCentresHz(features);
  const near = empty.slice(0, 3).map((band) => `${Math.round(centres[band]!)} Hz`);
  const names = `${near.join(', ')}${empty.length > near.length ? ', …' : ''}`;
  const binHz = Number((features.sampleRateHz / features.fftSize).toFixed(1));
  const mels = mostFullBands(features);
  return {
    path: ['features', 'mels'],
    message: `${empty.length} of ${features.mels} mel bands (around ${names}) hold no FFT bin, which stand ${binHz} Hz apart at fftSize ${features.fftSize}: they are silent for every sound; use ${mels > 0 ? `at most ${mels} bands or ` : ''}a longer FFT`,
    ...(mels > 0 ? { set: { 'features.mels': String(mels) } } : {}),
  };
}

/** The largest number of bands, all with a bin; 0 where there is none of use. */
function mostFullBands(features: Experiment['features']): number {
  for (let mels = features.mels - 1; mels >= 16; mels--) {
    if (emptyMelBands({ ...features, mels }).length === 0) return mels;
  }
  return 0;
}
