/** Between two characters of scripts that put no spaces between words, a text may be cut anywhere. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** Cuts a text at the word boundary nearest to a share of its length, 0 to 1; the ends are boundaries too. */
export function splitText(text: string, share: number): [string, string] {
  const wanted = Math.min(1, Math.max(0, share)) * text.length;
  let best = 0;
  const consider = (at: number) => {
    if (Math.abs(at - wanted) < Math.abs(best - wanted)) best = at;
  };
  for (const { index, 0: gap } of text.matchAll(/\s+/gu)) consider(index + gap.length / 2);
  let at = 0;
  let before = '';
  for (const character of text) {
    if (spaceless.test(before) && spaceless.test(character)) consider(at);
    before = character;
    at += character.length;
  }
  consider(text.length);
  return [text.slice(0, Math.floor(best)).trimEnd(), text.slice(Math.floor(best)).trimStart()];
}

/** Texts that follow each other as one. */
export function joinTexts(first: string, second: string, between: string): string {
  if (first === '' || second === '') return first + second;
  const glued = spaceless.test([...first].at(-1)!) && spaceless.test([...second][0]!);
  return first + (glued ? '' : between) + second;
}
