import type { Attributes, BodyAttribute, Graph, Value } from './value.ts';

/** Values of enclosing graphs that the bodies among the attributes use, each once, in the order they are met. */
export function capturesOf(attributes: Attributes): readonly Value[] {
  const captures = bodiesOf(attributes).flatMap(({ body, outputs }) => valuesFromOutside(body, outputs));
  return [...new Set(captures)];
}

export const bodiesOf = (attributes: Attributes): readonly BodyAttribute[] =>
  Object.values(attributes).filter(
    (attribute): attribute is BodyAttribute => typeof attribute === 'object' && 'body' in attribute,
  );

export function valuesFromOutside(body: Graph, outputs: readonly Value[]): readonly Value[] {
  const seen = new Set<Value>();
  const outside: Value[] = [];
  const open = [...outputs];
  for (let value = open.pop(); value; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.graph !== body) outside.push(value);
    else if (value.source.kind === 'node') {
      const { node } = value.source;
      for (const input of [...node.inputs, ...node.captures]) if (input) open.push(input);
    }
  }
  return outside;
}
