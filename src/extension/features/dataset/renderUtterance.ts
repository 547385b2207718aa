import { speechRate, wordsOf } from '../../../asr/dataset/datasetStatistics.ts';
import { escapeMarkdown } from '../../services/markdown.ts';
import type { ClipCard, FoundUtterance } from './workerProtocol.ts';

/** What a hover says of an utterance, as lines of Markdown; everything from a file is escaped. */
export function renderUtterance({ text, speaker, durationSec }: FoundUtterance, card: ClipCard): string[] {
  const said = [count([...text].length, 'character'), count(wordsOf(text).length, 'word')];
  const who = speaker === undefined ? [] : [`speaker ${escapeMarkdown(speaker)}`];
  if (!card.readable) return [`**Cannot be read**: ${escapeMarkdown(card.message)}`, [...said, ...who].join(' · ')];
  const rate = speechRate({ text, durationSec: card.durationSec })!;
  const written =
    durationSec !== undefined && Math.abs(durationSec - card.durationSec) > 0.05
      ? [`${durationSec.toFixed(2)} s by its line`]
      : [];
  const heard = card.shownSec < card.durationSec ? [`shown and heard: the first ${card.shownSec} s`] : [];
  const clipped = card.clippedSamples > 0 ? [`${count(card.clippedSamples, 'clipped sample')}`] : [];
  const levels = `mean ${card.rmsDb.toFixed(1)} dBFS, peak ${card.peakDb.toFixed(1)} dBFS`;
  return [
    [`**${card.durationSec.toFixed(2)} s**`, ...written, escapeMarkdown(card.format), levels, ...clipped].join(' · '),
    [...said, `${rate.toFixed(1)} characters/s`, ...who, ...heard].join(' · '),
  ];
}

const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? '' : 's'}`;
