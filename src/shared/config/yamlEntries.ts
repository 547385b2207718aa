import { type Document, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { ConfigPath, SourceRange } from './yamlSource.ts';

/** A key of the text, or an item of a list, as it is written. */
export interface ConfigEntry {
  path: ConfigPath;
  /** The key; of a list's item the item itself. */
  key: SourceRange;
  /** Absent where nothing stands behind the key. */
  value?: SourceRange;
  /** Of a scalar. */
  scalar?: unknown;
}

/** Everything that is written, sections before their contents; what aliases stand for is not repeated. */
export function readEntries(
  document: Document,
  rangeOf: (from: number, to: number) => SourceRange,
): readonly ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  const placeOf = (node: Node | null) =>
    node?.range && node.range[1] > node.range[0] ? rangeOf(node.range[0], node.range[1]) : undefined;
  const add = (path: ConfigPath, key: SourceRange, value: Node | null): void => {
    const place = placeOf(value);
    entries.push({
      path,
      key,
      ...(place ? { value: place } : {}),
      ...(isScalar(value) ? { scalar: value.value } : {}),
    });
    walk(value, path);
  };
  const walk = (node: Node | null, path: ConfigPath): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
        const place = placeOf(key);
        if (place && isScalar(key)) add([...path, String(key.value)], place, value);
      }
    } else if (isSeq(node)) {
      for (const [i, item] of (node.items as Node[]).entries()) {
        const place = placeOf(item);
        if (place) add([...path, i], place, item);
      }
    }
  };
  walk(document.contents as Node | null, []);
  return entries;
}
