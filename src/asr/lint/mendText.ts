/** What typing and copying put in place of plain characters. */
const plain: Readonly<Record<string, string>> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u02bc': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2013': '-',
  '\u2014': ' - ',
  '\u2026': '...',
};

/** Characters that nobody sees: controls, zero-width ones, soft hyphens, marks of direction. */
export const unseen = /[\p{Cc}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * A transcript as a careful typist would write it: plain quotes and dashes, nothing unseen, single spaces. With `spells`,
 * the characters a model has, punctuation it lacks is left out; undefined where letters, digits or others remain that it lacks.
 */
export function mendText(text: string, spells?: (character: string) => boolean): string | undefined {
  const typed = text
    .normalize('NFC')
    .replace(/\s/gu, ' ')
    .replace(unseen, '')
    .replace(/[\u2018\u2019\u02bc\u201c\u201d\u2010\u2011\u2013\u2014\u2026]/gu, (character) =>
      spells?.(character) ? character : plain[character]!,
    );
  let mended = '';
  for (const character of typed) {
    if (!spells || spells(character)) mended += character;
    else if (/[-/\u2010-\u2015]/u.test(character)) mended += ' ';
    else if (!/[\p{P}]/u.test(character)) return undefined;
  }
  return mended.replace(/ +/g, ' ').trim();
}
