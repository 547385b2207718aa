import type { ModelFacts } from '../../../shared/protocol/analysis.ts';

/** `4.1 M parameters · 25 output frames/s · 0.71 s receptive field · 310 M MACs per second of audio · 0.85 GiB to train` */
export function renderModelFacts(facts: ModelFacts): string {
  const { parameters, outputFramesPerSec, receptiveFieldSec, macsPerSecond, peakMemoryBytes } = facts;
  return [
    `${formatCount(parameters)} parameters`,
    `${Number(outputFramesPerSec.toPrecision(3))} output frames/s`,
    ...(receptiveFieldSec === undefined ? [] : [receptiveField(receptiveFieldSec)]),
    ...(macsPerSecond === undefined ? [] : [`${formatCount(macsPerSecond)} MACs per second of audio`]),
    ...(peakMemoryBytes === undefined ? [] : [`${(peakMemoryBytes / 2 ** 30).toPrecision(2)} GiB to train`]),
  ].join(' · ');
}

const receptiveField = (seconds: number): string =>
  Number.isFinite(seconds) ? `${seconds.toPrecision(2)} s receptive field` : 'sees the whole utterance';

/** Three significant digits with a unit: 4.13 M, 950, 1.20 G. */
export function formatCount(count: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let unit = 0;
  let value = count;
  // What would be shown as 1000 belongs to the next unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)}${units[unit]}`;
}
