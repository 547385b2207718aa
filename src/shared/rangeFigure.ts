import type { Figure } from './protocol/figure.ts';

interface RangeDocument {
  points: { learningRate: number; loss: number | null; smoothed: number | null }[];
  suggested: number | null;
  steepest: number | null;
  diverges: number | null;
}

/** The loss over the learning rate from what `asr range-test` wrote; undefined where the text is something else. */
export function rangeFigure(text: string): Figure | undefined {
  const found = parse(text);
  if (!found) return undefined;
  const { points, suggested, steepest, diverges } = found;
  const line = (value: (point: RangeDocument['points'][number]) => number | null) =>
    points.flatMap((point): [number, number][] => {
      const y = value(point);
      return y === null ? [] : [[point.learningRate, y]];
    });
  const said = (name: string, rate: number | null) => (rate === null ? [] : [`${name} ${rateText(rate)}`]);
  const parts = [...said('falls fastest at', steepest), ...said('diverges at', diverges)];
  const nearest = (rate: number | null) =>
    rate === null
      ? undefined
      : points.reduce((best, point) => (distance(point, rate) < distance(best, rate) ? point : best));
  const [marked, lost] = [nearest(suggested), nearest(diverges)];
  return {
    kind: 'rangeTest',
    title: suggested === null ? 'Range test: no suggestion' : `Range test: ${rateText(suggested)}`,
    summary: `The loss per token over the learning rate, smoothed and as measured${parts.length > 0 ? `; it ${parts.join(', ')}` : ''}.`,
    plot: {
      xLabel: 'learning rate',
      yLabel: 'loss per token',
      xScale: 'log',
      // The first is drawn to be seen first.
      lines: [line(({ smoothed }) => smoothed), line(({ loss }) => loss)],
    },
    table: {
      columns: ['learning rate', 'loss per token', 'smoothed'],
      rows: points.map((point) => {
        const cells = [rateText(point.learningRate), lossText(point.loss), lossText(point.smoothed)];
        return cells.map((cell) => ({ text: cell, current: point === marked, bad: point === lost }));
      }),
    },
  };
}

const distance = ({ learningRate }: { learningRate: number }, rate: number) =>
  Math.abs(Math.log(learningRate) - Math.log(rate));
const rateText = (rate: number) => rate.toExponential(1);
const lossText = (loss: number | null) => (loss === null ? 'not finite' : loss.toFixed(4));

function parse(text: string): RangeDocument | undefined {
  try {
    const document = JSON.parse(text) as RangeDocument;
    const isNumber = (value: unknown): value is number | null => value === null || typeof value === 'number';
    const whole =
      document.points.length > 0 &&
      document.points.every(
        ({ learningRate, loss, smoothed }) => learningRate > 0 && isNumber(loss) && isNumber(smoothed),
      ) &&
      [document.suggested, document.steepest, document.diverges].every(isNumber);
    return whole ? document : undefined;
  } catch {
    return undefined;
  }
}
