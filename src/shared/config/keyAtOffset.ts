import { isMap, isPair, isScalar, type Node, parseDocument } from 'yaml';

/** The dotted path of the key that an offset of a config's text lies in, down to its innermost section; '' outside all. */
export function keyAtOffset(text: string, offset: number): string {
  const path: string[] = [];
  let node: unknown = parseDocument(text).contents;
  while (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && covers(item.key, item.value, offset));
    if (!pair) break;
    path.push(String((pair.key as { value: unknown }).value));
    node = pair.value;
  }
  return path.join('.');
}

/** From the start of a key to the end of its value. */
function covers(key: Node, value: unknown, offset: number): boolean {
  const start = key.range?.[0] ?? Number.POSITIVE_INFINITY;
  const end = (value as Node | null)?.range?.[1] ?? key.range?.[1] ?? Number.NEGATIVE_INFINITY;
  return start <= offset && offset <= end;
}
