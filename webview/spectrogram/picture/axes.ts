import { decimalsFor, formatTime, timeTicks } from '../../ui/axisText.ts';
import { beginPaint, type Surface, sharp } from '../../ui/surface.ts';
import type { Theme } from '../../ui/theme.ts';
import { type Bands, bandScale } from '../hand/bands.ts';
import { timeScale, type Viewport } from '../hand/viewport.ts';
import type { FrequencyAxis } from './frequencyAxis.ts';
import { frequencyTexts, frequencyTicks } from './frequencyTicks.ts';

const labelPx = 11;

/** Round times along the lanes. */
export function drawRuler(surface: Surface, viewport: Viewport, theme: Theme): void {
  const context = beginPaint(surface);
  const { toPx } = timeScale(viewport, surface.width);
  const ticks = timeTicks(viewport.startSec, viewport.endSec, surface.width);
  const decimals = decimalsFor(ticks.stepSec);
  context.font = `${labelPx}px ${theme.fontFamily}`;
  context.textBaseline = 'alphabetic';
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.muted;
  context.lineWidth = 1 / surface.ratio;
  context.beginPath();
  for (const sec of ticks.minor) line(context, surface, toPx(sec), surface.height - 3);
  for (const sec of ticks.major) line(context, surface, toPx(sec), surface.height - 6);
  context.stroke();
  let rightmost = Number.NEGATIVE_INFINITY;
  for (const sec of ticks.major) {
    const label = formatTime(sec, decimals);
    const width = context.measureText(label).width;
    const left = Math.max(0, Math.min(surface.width - width, toPx(sec) - width / 2));
    if (left < rightmost + 8) continue;
    context.fillText(label, left, surface.height - 9);
    rightmost = left + width;
  }
}

function line(context: CanvasRenderingContext2D, surface: Surface, at: number, from: number): void {
  const x = sharp(Math.min(at, surface.width - 1 / surface.ratio), surface.ratio);
  context.moveTo(x, from);
  context.lineTo(x, surface.height);
}

/** Round frequencies beside the spectrogram. */
export function drawFrequencies(surface: Surface, axis: FrequencyAxis, bands: Bands, theme: Theme): void {
  const context = beginPaint(surface);
  const { labelled, plain } = frequencyTicks(axis, bands, surface.height);
  const { toPx } = bandScale(bands, surface.height);
  const place = (hz: number) => sharp(toPx(axis.toShare(hz)), surface.ratio);
  context.font = `${labelPx}px ${theme.fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.muted;
  context.lineWidth = 1 / surface.ratio;
  context.beginPath();
  const tick = (hz: number, length: number) => {
    const y = Math.min(place(hz), surface.height - 0.5 / surface.ratio);
    context.moveTo(surface.width - length, y);
    context.lineTo(surface.width, y);
  };
  for (const hz of plain) tick(hz, 3);
  for (const hz of labelled) tick(hz, 6);
  context.stroke();
  const texts = frequencyTexts(labelled);
  for (const [i, hz] of labelled.entries()) context.fillText(texts[i]!, surface.width - 9, place(hz) + 0.5);
}

/** Levels of the waveform: full scale, half of it, and none. */
export function drawAmplitudes(surface: Surface, fullScale: number, theme: Theme): void {
  const context = beginPaint(surface);
  context.font = `${labelPx}px ${theme.fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.muted;
  context.lineWidth = 1 / surface.ratio;
  const label = (value: number) => `${value < 0 ? '−' : ''}${+Math.abs(value).toPrecision(2)}`;
  const tall = surface.height >= 64;
  const shown = [1, ...(tall ? [0.5] : []), 0, ...(tall ? [-0.5] : []), -1];
  context.beginPath();
  for (const share of shown) {
    const y = sharp(Math.min(((1 - share) / 2) * surface.height, surface.height - 1 / surface.ratio), surface.ratio);
    context.moveTo(surface.width - (share % 1 === 0 ? 6 : 3), y);
    context.lineTo(surface.width, y);
    if (share % 1 !== 0) continue;
    const inside = Math.max(6, Math.min(surface.height - 6, y));
    context.fillText(label(share * fullScale), surface.width - 9, inside);
  }
  context.stroke();
}
