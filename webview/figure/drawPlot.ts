import type { Plot } from '../../src/shared/protocol/figure.ts';
import { decorate, type ElementOptions } from '../ui/elements.ts';
import { powersIn, ticksIn, tickText } from './ticks.ts';

interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

type Scale = (value: number) => number;

/** Colours come from the style sheet, so a change of theme needs no new drawing. `name` is what a screen reader says. */
export function drawPlot(plot: Plot, width: number, name: string): SVGSVGElement {
  const rowHeight = 22;
  const inner = plot.bars ? plot.bars.length * rowHeight : Math.min(360, width * 0.5);
  const frame: Frame = { left: plot.bars ? 190 : 64, top: 12, width: 0, height: inner };
  frame.width = width - frame.left - 16;
  const height = frame.top + frame.height + 46;
  const svg = make('svg', { role: 'img', label: name, attributes: { viewBox: `0 0 ${width} ${height}` } });
  svg.setAttribute('width', String(width));
  const place = plot.xScale === 'log' ? Math.log10 : (value: number) => value;
  const values = plot.bars ? plot.bars.flatMap(({ from, to }) => [from, to]) : plot.lines.flatMap(xs);
  const [low, high] = rangeOf(values.map(place));
  const x: Scale = (value) => frame.left + ((place(value) - low) / (high - low)) * frame.width;
  const most = Math.max(4, frame.width / 80);
  drawAxis(svg, frame, plot.xLabel, plot.xScale === 'log' ? powersIn(low, high, most) : ticksIn(low, high, most), x);
  if (plot.bars) drawBars(svg, frame, plot.bars, rowHeight, x);
  else drawLines(svg, frame, plot, x);
  return svg;
}

function drawAxis(svg: SVGElement, frame: Frame, label: string, ticks: number[], x: Scale): void {
  const bottom = frame.top + frame.height;
  for (const tick of ticks) {
    svg.append(line('grid', x(tick), frame.top, x(tick), bottom));
    svg.append(text('tick', x(tick), bottom + 16, 'middle', tickText(tick)));
  }
  svg.append(line('axis', frame.left, bottom, frame.left + frame.width, bottom));
  svg.append(text('label', frame.left + frame.width / 2, bottom + 36, 'middle', label));
}

function drawLines(svg: SVGElement, frame: Frame, { lines, yLabel }: Plot, x: Scale): void {
  const top = rangeOf([0, ...lines.flatMap(ys)])[1];
  const y: Scale = (value) => frame.top + frame.height * (1 - value / top);
  for (const tick of ticksIn(0, top, frame.height / 50)) {
    svg.append(line('grid', frame.left, y(tick), frame.left + frame.width, y(tick)));
    svg.append(text('tick', frame.left - 8, y(tick) + 4, 'end', tickText(tick)));
  }
  const middle = frame.top + frame.height / 2;
  const side = text('label', 14, middle, 'middle', yLabel);
  side.setAttribute('transform', `rotate(-90 14 ${middle})`);
  svg.append(side);
  // Many lines are a pattern, of which each is thin.
  const weight = lines.length > 10 ? 'thin ' : '';
  for (const [i, points] of lines.entries()) {
    const d = points.map(([px, py], j) => `${j === 0 ? 'M' : 'L'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join('');
    svg.append(make('path', { class: `line ${weight}${i % 2 === 0 ? 'even' : 'odd'}`, attributes: { d } }));
  }
}

function drawBars(svg: SVGElement, frame: Frame, bars: NonNullable<Plot['bars']>, rowHeight: number, x: Scale): void {
  for (const [i, { label, from, to }] of bars.entries()) {
    const top = frame.top + i * rowHeight;
    const place = { x: x(from), y: top + 4, width: Math.max(1, x(to) - x(from)), height: rowHeight - 8, rx: 2 };
    const attributes = Object.fromEntries(Object.entries(place).map(([key, value]) => [key, String(value)]));
    svg.append(make('rect', { class: 'bar', attributes }));
    svg.append(text('tick', frame.left - 8, top + rowHeight / 2 + 4, 'end', label));
  }
}

const xs = (points: [number, number][]) => points.map(([x]) => x);
const ys = (points: [number, number][]) => points.map(([, y]) => y);

/** Never empty. */
function rangeOf(values: number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

function make<K extends keyof SVGElementTagNameMap>(tag: K, options: ElementOptions): SVGElementTagNameMap[K] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  decorate(made, options);
  return made;
}

const line = (kind: string, x1: number, y1: number, x2: number, y2: number): SVGElement =>
  make('line', { class: kind, attributes: { x1: `${x1}`, y1: `${y1}`, x2: `${x2}`, y2: `${y2}` } });

const text = (kind: string, x: number, y: number, anchor: string, content: string): SVGElement =>
  make('text', { class: kind, text: content, attributes: { x: `${x}`, y: `${y}`, 'text-anchor': anchor } });
