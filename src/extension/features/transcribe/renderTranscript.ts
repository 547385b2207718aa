import { formatPercent } from '../../../shared/run/runStatus.ts';
import type { Transcript } from '../../services/transcription.ts';

/** A transcript as plain text: what was said on the first line, then its words with their times. */
export function renderTranscript(name: string, { text, words, model }: Transcript): string {
  const modelName = model.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
  const said = oneLine(text) || '(nothing was heard)';
  const foot = `${oneLine(name)}, transcribed with ${oneLine(modelName)}`;
  if (words.length === 0) return `${said}\n\n${foot}\n`;
  const rows = words.map((word) => [
    formatTime(word.startSec),
    formatTime(word.endSec),
    oneLine(word.text),
    word.confidence === undefined ? '' : formatPercent(word.confidence),
  ]);
  const table = [['Start', 'End', 'Word', 'Confidence'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('   ')
      .trimEnd(),
  );
  return `${[said, '', ...lines, '', foot].join('\n')}\n`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

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
