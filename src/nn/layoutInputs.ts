import type { Graph, Value } from '../graph/value.ts';
import type { ParameterLayout } from './parameterLayout.ts';

/** Makes every tensor of the layout an input of the graph, in layout order, and gives the way to find one by name. */
export function layoutInputs(graph: Graph, layout: ParameterLayout): (name: string) => Value {
  const tensors = new Map<string, Value>();
  for (const { name, shape } of [...layout.entries, ...layout.buffers]) tensors.set(name, graph.input(name, shape));
  return (name) => {
    const value = tensors.get(name);
    if (!value) throw new Error(`the layout has no tensor '${name}'`);
    return value;
  };
}
