import type { DataFacts, ExperimentFacts } from '../../../shared/protocol/analysis.ts';
import type { Figure } from '../../../shared/protocol/figure.ts';
import { formatDuration, formatPercent } from '../../../shared/run/runStatus.ts';
import type { BestValue } from '../../services/sweepResults.ts';

/** Part of the line above a block, with what a click on it does. */
export interface LensPart {
  title: string;
  action?:
    | { kind: 'figure'; figure: Figure['kind'] }
    /** Runs of the experiment, with what they had at a key. */
    | { kind: 'runs'; key: string }
    /** Opens a recording as a model sees it. */
    | { kind: 'recording'; file: string }
    | { kind: 'rangeTest' }
    /** Asks for a sweep over a key, or shows the one that found its best value. */
    | { kind: 'sweep'; key: string }
    | { kind: 'showSweep'; directory: string };
}

/** All that is known; each part may still be missing. */
export interface LensFacts {
  experiment?: ExperimentFacts;
  data?: DataFacts;
  /** Why there are no facts of the data, or how far reading is. */
  dataNote?: string;
  epochTime?: { seconds: number; measured: boolean };
  /** Where the last run of the experiment ran. */
  device?: string;
  best?: { learningRate: number; wer: number };
  /** What sweeps found for the learning rate. */
  swept?: BestValue;
  /** The engine can be started. */
  runnable: boolean;
}

export const lensBlocks = ['data', 'features', 'augment', 'model', 'optimizer', 'schedule', 'training'] as const;
export type LensBlock = (typeof lensBlocks)[number];

/** What stands above each block. */
export function renderBlockLenses(facts: LensFacts): Record<LensBlock, LensPart[]> {
  return {
    data: dataParts(facts),
    features: facts.experiment ? featureParts(facts.experiment, facts.data) : [],
    augment: facts.experiment ? augmentParts(facts.experiment) : [],
    model: facts.experiment ? modelParts(facts.experiment, facts) : [],
    optimizer: optimizerParts(facts),
    schedule: facts.experiment ? scheduleParts(facts.experiment) : [],
    training: trainingParts(facts),
  };
}

function dataParts({ data, dataNote }: LensFacts): LensPart[] {
  if (!data) return dataNote === undefined ? [] : [{ title: dataNote }];
  if (data.usable === 0)
    return [{ title: `nothing to train on: ${shorten(data.firstProblem ?? 'the manifests are empty')}` }];
  const left = data.leftOut === 0 ? [] : [`${data.leftOut} left out: ${shorten(data.firstProblem ?? '')}`];
  return [
    { title: [`${data.usable} utterances`, `${formatDuration(data.durationSec)} to train on`, ...left].join(' · ') },
  ];
}

function featureParts({ features }: ExperimentFacts, data?: DataFacts): LensPart[] {
  const { framesPerSec, windowMs, bins } = features;
  return [
    {
      title: `${short(framesPerSec)} frames/s · ${short(windowMs)} ms window · ${bins} values per frame`,
      action: { kind: 'figure', figure: 'frameRates' },
    },
    { title: 'mel filters', action: { kind: 'figure', figure: 'melFilters' } },
    ...(data?.recording
      ? [{ title: 'what the model sees', action: { kind: 'recording', file: data.recording } as const }]
      : []),
  ];
}

function augmentParts({ augment }: ExperimentFacts): LensPart[] {
  const { timeMasks, timeMaskFrames, timeMaskMs, frequencyMasks, frequencyMaskBins, bins, timeWarpMs } = augment;
  const parts = [
    ...(timeMasks > 0 ? [`${timeMasks} × up to ${timeMaskFrames} frames (${short(timeMaskMs)} ms)`] : []),
    ...(frequencyMasks > 0 ? [`${frequencyMasks} × up to ${frequencyMaskBins} of ${bins} bins`] : []),
  ];
  const warp = timeWarpMs > 0 ? [`time warp up to ${short(timeWarpMs)} ms`] : [];
  return [{ title: [parts.length > 0 ? `masks ${parts.join(', ')}` : 'no masks', ...warp].join(' · ') }];
}

function modelParts({ model }: ExperimentFacts, facts: LensFacts): LensPart[] {
  const { parameters, outputFramesPerSec, receptiveFieldSec, macsPerSecond } = model;
  const sees = Number.isFinite(receptiveFieldSec)
    ? `receptive field ${receptiveFieldSec.toPrecision(2)} s`
    : 'sees the whole utterance';
  return [
    {
      title: [
        `${formatCount(parameters)} parameters`,
        `${short(outputFramesPerSec)} output frames/s`,
        ...feasibility(facts),
      ].join(' · '),
      action: { kind: 'figure', figure: 'frameRates' },
    },
    { title: sees, action: { kind: 'figure', figure: 'receptiveField' } },
    {
      title: [
        `${formatCount(macsPerSecond)} MACs per second`,
        ...(facts.device ? [`ran on ${facts.device}`] : []),
      ].join(' · '),
    },
  ];
}

function feasibility({ data, dataNote }: LensFacts): string[] {
  if (!data) return dataNote === undefined ? [] : [dataNote];
  const all = data.usable + data.infeasible;
  if (all === 0) return [];
  const share = data.infeasible === 0 ? '100' : Math.min(99.9, (100 * data.usable) / all).toFixed(1);
  return [`feasible for ${share} % of ${all} utterances (fastest speed ${data.fastestSpeed})`];
}

function optimizerParts({ best, swept, runnable }: LensFacts): LensPart[] {
  const key = 'optimizer.learningRate';
  const actions: LensPart[] = [
    { title: '$(beaker) range test', action: { kind: 'rangeTest' } },
    { title: '$(table) sweep', action: { kind: 'sweep', key } },
  ];
  return [...(runnable ? actions : []), ...bestSoFar(best, swept, key)];
}

/** Of runs and sweeps the better; of equal ones the sweep, which says against what. */
function bestSoFar(best: LensFacts['best'], swept: LensFacts['swept'], key: string): LensPart[] {
  if (swept && swept.wer <= (best?.wer ?? Number.POSITIVE_INFINITY)) {
    const title = `best so far ${swept.value} (WER ${formatPercent(swept.wer)} of ${swept.trials} trials)`;
    return [{ title, action: { kind: 'showSweep', directory: swept.directory } }];
  }
  if (!best) return [];
  const title = `best so far ${short(best.learningRate)} (WER ${formatPercent(best.wer)})`;
  return [{ title, action: { kind: 'runs', key } }];
}

function scheduleParts({ schedule }: ExperimentFacts): LensPart[] {
  const { endsAtMinimum } = schedule;
  return [
    { title: '$(graph-line) plot', action: { kind: 'figure', figure: 'schedule' } },
    ...(endsAtMinimum === undefined ? [] : [{ title: `ends at its lowest rate: ${endsAtMinimum ? 'yes' : 'no'}` }]),
  ];
}

function trainingParts({ experiment, data, dataNote, epochTime }: LensFacts): LensPart[] {
  if (!experiment) return [];
  const title = data?.usable
    ? [
        `peak memory ${bytes(data.peakMemoryBytes)}`,
        `${short(data.stepsPerEpoch)} steps per epoch`,
        ...(epochTime
          ? [
              `about ${formatDuration(epochTime.seconds)} per epoch here (${epochTime.measured ? 'measured' : 'estimated'})`,
            ]
          : []),
        `padding ${Math.round(100 * data.paddingShare)} %`,
      ]
    : [`peak memory up to ${bytes(experiment.model.peakMemoryBytes)}`, ...(dataNote === undefined ? [] : [dataNote])];
  return [{ title: title.join(' · ') }];
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
const bytes = (count: number): string =>
  count < 2 ** 30 ? `${Math.round(count / 2 ** 20)} MiB` : `${(count / 2 ** 30).toFixed(1)} GiB`;
const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

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
