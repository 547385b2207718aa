import { formatPercent } from '../../../shared/run/runStatus.ts';
import { escapeMarkdown } from '../../services/markdown.ts';
import type { Transcript } from '../../services/transcription.ts';

/** A transcript as Markdown that also reads well as it is: the text, then a table of words and times. */
export function renderTranscript(name: string, { text, words, model }: Transcript): string {
  const modelName = model.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
  const head = [`# ${escapeMarkdown(name)}`, '', text === '' ? '(nothing was heard)' : escapeMarkdown(text), ''];
  const foot = ['', `Transcribed with ${escapeMarkdown(modelName)}.`, ''];
  if (words.length === 0) return [...head, ...foot.slice(1)].join('\n');
  const rows = words.map((word) => [
    formatTime(word.startSec),
    formatTime(word.endSec),
    escapeMarkdown(word.text),
    word.confidence === undefined ? '' : formatPercent(word.confidence),
  ]);
  const titles = ['Start', 'End', 'Word', 'Confidence'];
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => (column === 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [...head, line(titles), rule, ...rows.map(line), ...foot].join('\n');
}

/** `0.43 s`, `1:02.50`, `1:00:02.50` */
export function formatTime(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const rest = ((hundredths % 6000) / 100).toFixed(2);
  const minutes = Math.floor(hundredths / 6000);
  if (minutes === 0) return `${rest} s`;
  const padded = rest.padStart(5, '0');
  return minutes < 60
    ? `${minutes}:${padded}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${padded}`;
}
