import type { LocatedTextGrid } from './locateTextGrid.ts';
import { renderTextGrid, type TextGridFormat, type TextGridTier, tierLines } from './textGrid.ts';

/**
 * The text of a TextGrid with other tiers: a number stands for the tier at that place of the file, as it is written
 * there. What is not replaced stays byte for byte, unless a tier goes: then all are numbered anew. The file keeps its
 * form and its line breaks.
 */
export function patchTextGrid(
  text: string,
  { grid, size, tiers }: LocatedTextGrid,
  wanted: readonly (number | TextGridTier)[],
): string {
  const form: TextGridFormat = /^\s*xmin\s*=/m.test(text) ? 'long' : 'short';
  const newline = /\r\n/.test(text) ? '\r\n' : '\n';
  const stays = wanted.length >= tiers.length && wanted.every((one, i) => typeof one !== 'number' || one === i);
  if (!stays || !size) {
    const whole = wanted.map((one) => (typeof one === 'number' ? grid.tiers[one]! : one));
    return renderTextGrid({ ...grid, tiers: whole }, form, newline);
  }
  const linesOf = (tier: TextGridTier) => tierLines(tier, form).join(newline);
  let patched = '';
  let at = 0;
  const replace = (from: number, to: number, by: string) => {
    patched += text.slice(at, from) + by;
    at = to;
  };
  if (wanted.length !== tiers.length) replace(size.from, size.to, String(wanted.length));
  tiers.forEach(({ from, to }, i) => {
    const tier = wanted[i]!;
    // What stands before its class belongs to what stays.
    if (typeof tier !== 'number')
      replace(
        from,
        to,
        linesOf(tier)
          .replace(/^[^"]*/, '')
          .trimEnd(),
      );
  });
  const end = tiers.at(-1)!.to;
  const behind = end + /^[ \t]*/.exec(text.slice(end))![0].length;
  const added = wanted.slice(tiers.length).map((tier, i) => {
    const name = form === 'long' ? `    item [${tiers.length + i + 1}]:${newline}` : '';
    return `${newline}${name}${linesOf(tier as TextGridTier)}`;
  });
  replace(behind, behind, added.join(''));
  return patched + text.slice(at);
}
