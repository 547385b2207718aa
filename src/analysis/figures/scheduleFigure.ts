import type { Experiment } from '../../shared/config/schema.ts';
import type { Figure } from '../../shared/protocol/figure.ts';
import { describeSchedule, scheduleCurve } from '../describeSchedule.ts';

/** The learning rate over the run; the table has it where epochs end. */
export function scheduleFigure(experiment: Experiment, stepsPerEpoch?: number): Figure {
  const { schedule, training } = experiment;
  const curve = scheduleCurve(experiment, stepsPerEpoch);
  const { endsAtMinimum, peakLearningRate, lastLearningRate } = describeSchedule(experiment);
  const ending =
    schedule.type === 'plateau'
      ? `it is multiplied by ${schedule.factor} after ${schedule.patienceEpochs} epochs without a better dev WER`
      : `the last step has ${rateText(lastLearningRate)}${endsAtMinimum === false ? ', which is not the lowest' : ''}`;
  const shown = Math.min(training.epochs, tableRows);
  const rows = Array.from({ length: shown }, (_, i) => {
    const epoch = Math.max(1, Math.round(((i + 1) * training.epochs) / shown));
    const { learningRate } = curve.findLast((point) => point.epoch <= epoch) ?? curve[0]!;
    return [{ text: String(epoch) }, { text: rateText(learningRate) }];
  });
  return {
    kind: 'schedule',
    title: `Learning rate: ${schedule.type}`,
    summary: `Highest ${rateText(peakLearningRate)}; ${ending}.`,
    plot: {
      xLabel: 'epoch',
      yLabel: 'learning rate',
      lines: [curve.map(({ epoch, learningRate }): [number, number] => [epoch, learningRate])],
    },
    table: { columns: ['after epoch', 'learning rate'], rows },
  };
}

const tableRows = 20;
const rateText = (rate: number) => String(Number(rate.toPrecision(3)));
