import type { AudioFigures, ChannelFigures } from '../../../src/shared/audioFigures.ts';
import { formatHz } from '../../ui/axisText.ts';
import { fill } from '../../ui/fill.ts';
import { amplitudeText } from '../clipText.ts';
import type { OutStrings } from './strings.ts';

/** One figure of all channels: as it is shown, and as a number in its unit. */
export interface FigureRow {
  name: string;
  unit: string;
  shown: string[];
  numbers: (number | undefined)[];
  /** What exactly it is. */
  hint?: string;
}

const decibels = (amplitude: number | undefined) =>
  amplitude === undefined ? undefined : 20 * Math.log10(Math.max(1e-10, amplitude));

type Show = (value: number, one: ChannelFigures) => string;

export function figureRows(figures: AudioFigures, text: OutStrings): FigureRow[] {
  const { channels, frames } = figures;
  const row = (name: string, unit: string, pick: (one: ChannelFigures) => number | undefined, show: Show) => {
    const numbers = channels.map(pick);
    const shown = numbers.map((value, index) => (value === undefined ? text.unknown : show(value, channels[index]!)));
    return { name, unit, shown, numbers };
  };
  const level = (name: string, pick: (one: ChannelFigures) => number | undefined) =>
    row(
      name,
      'dBFS',
      (one) => decibels(pick(one)),
      (_, one) => amplitudeText(pick(one)!),
    );
  const count = (name: string, pick: (one: ChannelFigures) => number, show: Show) => row(name, '', pick, show);
  const rows: FigureRow[] = [
    level(text.rms, ({ rms }) => rms),
    level(text.peak, ({ peak }) => peak),
    count(
      text.clipped,
      ({ clippedSamples }) => clippedSamples,
      (value) => clippedText(value, frames),
    ),
    count(
      text.dcOffset,
      ({ dcOffset }) => dcOffset,
      (value) => percentText(value, 3),
    ),
    { ...level(text.noiseFloor, ({ noiseFloor }) => noiseFloor), hint: text.noiseFloorHint },
    row(
      text.snr,
      'dB',
      ({ snrDb }) => snrDb,
      (value) => `${signed(value, 1)} dB`,
    ),
    row(text.bandwidth, 'Hz', ({ bandwidthHz }) => bandwidthHz, formatHz),
    row(
      text.crossings,
      '1/s',
      ({ zeroCrossingsPerSec }) => zeroCrossingsPerSec,
      (value) => value.toFixed(1),
    ),
    row(
      text.silence,
      '%',
      ({ silenceShare }) => 100 * silenceShare,
      (value) => percentText(value / 100, 1),
    ),
  ];
  const broken = count(text.notFinite, ({ notFiniteSamples }) => notFiniteSamples, String);
  return channels.some(({ notFiniteSamples }) => notFiniteSamples > 0) ? [...rows, broken] : rows;
}

const signed = (value: number, digits: number) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`;
const percentText = (share: number, digits: number) => {
  const text = signed(100 * share, digits);
  return `${Number(text.replace('−', '-')) === 0 ? '0' : text} %`;
};
const clippedText = (count: number, frames: number) =>
  count === 0 ? '0' : `${count.toLocaleString()} (${percentText(count / Math.max(1, frames), 2)})`;

/** A table for spreadsheets: numbers with points, a column of units, times in seconds. */
export function figuresTsv(figures: AudioFigures, sampleRateHz: number, text: OutStrings): string {
  const startSec = figures.startFrame / sampleRateHz;
  const all = (value: number) => figures.channels.map(() => value);
  const rows: Pick<FigureRow, 'name' | 'unit' | 'numbers'>[] = [
    { name: text.from, unit: 's', numbers: all(startSec) },
    { name: text.to, unit: 's', numbers: all(startSec + figures.durationSec) },
    { name: text.duration, unit: 's', numbers: all(figures.durationSec) },
    { name: text.samples, unit: '', numbers: all(figures.frames) },
    ...figureRows(figures, text),
  ];
  const head = ['', '', ...channelNames(figures, text)];
  const number = (value: number | undefined) => (value === undefined ? '' : String(+value.toFixed(6)));
  return [head, ...rows.map(({ name, unit, numbers }) => [name, unit, ...numbers.map(number)])]
    .map((cells) => cells.join('\t'))
    .join('\n');
}

export const channelNames = ({ channels }: AudioFigures, text: OutStrings): string[] =>
  channels.map((_, channel) => fill(text.channel, channel + 1));
