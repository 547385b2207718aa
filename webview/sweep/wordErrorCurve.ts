import { formatPercent } from '../../src/shared/run/runStatus.ts';
import { decorate } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import type { Strings } from './strings.ts';

const width = 96;
const height = 20;
const namespace = 'http://www.w3.org/2000/svg';

/** The dev WER after each epoch as a small line, from 0 at the foot to 100 % and more at the top; read out as numbers. */
export function curveOf(wers: readonly number[], epochs: number, text: Strings): SVGSVGElement {
  const picture = document.createElementNS(namespace, 'svg');
  const words = wers.length === 0 ? '–' : wers.map(formatPercent).join(', ');
  decorate(picture, {
    ...{ class: 'curve', role: 'img', label: fill(text.curveWords, words) },
    attributes: { viewBox: `0 0 ${width} ${height}`, width: String(width), height: String(height) },
  });
  const line = document.createElementNS(namespace, 'polyline');
  line.setAttribute(
    'points',
    curvePoints(wers, epochs)
      .map(({ x, y }) => `${x},${y}`)
      .join(' '),
  );
  picture.append(line);
  return picture;
}

/** One point for each epoch, with a margin of a pixel; a lone one is drawn as a short line. */
export function curvePoints(wers: readonly number[], epochs: number): { x: number; y: number }[] {
  const x = (epoch: number) => 1 + ((width - 2) * epoch) / Math.max(1, epochs - 1);
  const y = (wer: number) => height - 1 - (height - 2) * Math.min(1, Math.max(0, wer));
  const points = wers.map((wer, epoch) => ({ x: round(x(epoch)), y: round(y(wer)) }));
  return points.length === 1 ? [...points, { ...points[0]!, x: points[0]!.x + 2 }] : points;
}

const round = (value: number): number => Math.round(value * 10) / 10;
