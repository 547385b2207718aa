import { type CtmWord, renderCtm } from '../../asr/annotations/ctm.ts';
import { fillTier, renderTextGrid, type TextGrid } from '../../asr/annotations/textGrid.ts';
import type { AlignedUtterance } from './alignManifest.ts';
import { recordingNames } from './recordingNames.ts';

/** One CTM for all utterances. */
export function alignmentCtm(utterances: readonly AlignedUtterance[]): string {
  const names = recordingNames(utterances.map(({ example }) => example.audioFilepath));
  return renderCtm(
    utterances.flatMap(({ example, words }) =>
      words.map(
        ({ text, startSec, endSec, score }): CtmWord => ({
          recording: names.get(example.audioFilepath)!,
          channel: '1',
          startSec,
          durationSec: endSec - startSec,
          word: text,
          confidence: score,
        }),
      ),
    ),
  );
}

/**
 * A TextGrid per recording, by name: a tier of words and one of tokens. Utterances of one recording share them; where
 * two overlap in time, the later one has tiers of its own, since intervals of a tier cannot.
 * @param lengths seconds of each recording, by its `audioFilepath`
 */
export function alignmentTextGrids(
  utterances: readonly AlignedUtterance[],
  lengths: ReadonlyMap<string, number>,
): Map<string, string> {
  const names = recordingNames(utterances.map(({ example }) => example.audioFilepath));
  const grids = new Map<string, string>();
  for (const [file, name] of names) {
    const own = utterances.filter(({ example }) => example.audioFilepath === file);
    const lastSec = Math.max(...own.flatMap(({ words }) => words.map(({ endSec }) => endSec)));
    grids.set(name, renderTextGrid(gridOf(own, Math.max(lengths.get(file) ?? 0, lastSec))));
  }
  return grids;
}

function gridOf(utterances: readonly AlignedUtterance[], endSec: number): TextGrid {
  const layers: AlignedUtterance[][] = [];
  for (const utterance of [...utterances].sort((a, b) => firstSec(a) - firstSec(b))) {
    const free = layers.find((layer) => layer.at(-1)!.words.at(-1)!.endSec <= firstSec(utterance));
    if (free) free.push(utterance);
    else layers.push([utterance]);
  }
  const whole = { startSec: 0, endSec };
  return {
    ...whole,
    tiers: layers.flatMap((layer, i) => {
      const suffix = i === 0 ? '' : ` ${i + 1}`;
      return [
        fillTier(
          `words${suffix}`,
          whole,
          layer.flatMap(({ words }) => words),
        ),
        fillTier(
          `tokens${suffix}`,
          whole,
          layer.flatMap(({ tokens }) => tokens),
        ),
      ];
    }),
  };
}

const firstSec = ({ words }: AlignedUtterance) => words[0]!.startSec;
