import { extname } from 'node:path';

/**
 * A name for each recording that can stand in a CTM line and be a file's: its own without folder and extension, with the
 * folders where two share that, and with a number where even these are alike. Spaces and separators become `_` and `-`.
 */
export function recordingNames(files: readonly string[]): Map<string, string> {
  const stemOf = (file: string) => file.slice(0, file.length - extname(file).length);
  const short = (file: string) => clean(stemOf(file).split(/[/\\]/).at(-1)!);
  const long = (file: string) =>
    clean(
      stemOf(file)
        .split(/[/\\]/)
        .filter((part) => !/^\.*$/.test(part))
        .join('-'),
    );
  const counts = new Map<string, number>();
  const distinct = [...new Set(files)];
  for (const file of distinct) counts.set(short(file).toLowerCase(), (counts.get(short(file).toLowerCase()) ?? 0) + 1);
  const names = new Map<string, string>();
  // Some file systems hold names alike but for case to be one.
  const taken = new Set<string>();
  for (const file of distinct) {
    const wanted = counts.get(short(file).toLowerCase()) === 1 ? short(file) : long(file);
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}-${number}`;
    taken.add(name.toLowerCase());
    names.set(file, name);
  }
  return names;
}

/** Nothing that leads out of a folder, is refused as a file name somewhere, or ends a field of a line. */
const clean = (name: string) =>
  name
    .replace(/[\s\p{Cc}]+/gu, '_')
    .replace(/[/\\:*?"<>|]/g, '-')
    .replace(/^[.;]+/, '_') || '_';
