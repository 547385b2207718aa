import { escapeMarkdown } from '../../services/markdown.ts';

/** What `asr split --json` says. */
export interface SplitAnswer {
  manifests: { part: string; file: string; utterances: number; durationSec: number; speakers: number }[];
  sharedSpeakers: number;
  excluded: number;
}

/** `80 10 10` or `80/20` as shares of train, dev and test; undefined unless they add up to 100 and two of them are there. */
export function parseShares(text: string): { train: number; dev: number; test: number } | undefined {
  const numbers = text
    .trim()
    .split(/[\s,;/:]+/)
    .map((part) => Number(part.replace(/%$/, '')));
  const [train = Number.NaN, dev = Number.NaN, test = 0] = numbers;
  if (numbers.length > 3 || ![train, dev, test].every((share) => share >= 0)) return undefined;
  if (Math.abs(train + dev + test - 100) > 1e-6 || [train, dev, test].filter((share) => share > 0).length < 2)
    return undefined;
  return { train: train / 100, dev: dev / 100, test: test / 100 };
}

/** The parts as a table of Markdown. */
export function renderSplit({ manifests, sharedSpeakers, excluded }: SplitAnswer, source: string): string {
  const rows = manifests.map(
    ({ part, file, utterances, durationSec, speakers }) =>
      `| ${part} | ${(durationSec / 3600).toFixed(2)} | ${utterances} | ${speakers} | ${escapeMarkdown(file)} |`,
  );
  return [
    `# ${escapeMarkdown(source.replace(/^.*[\\/]/, ''))}, split`,
    '',
    '| part | hours | utterances | speakers | manifest |',
    '|---|--:|--:|--:|---|',
    ...rows,
    '',
    `Speakers in several parts: ${sharedSpeakers}.${excluded > 0 ? ` Excluded utterances, in no part: ${excluded}.` : ''}`,
    '',
  ].join('\n');
}
