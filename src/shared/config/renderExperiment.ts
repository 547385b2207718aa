import { Document, isMap, isSeq, type Node, visit } from 'yaml';
import type { Experiment } from './schema.ts';

/** The whole experiment as YAML, every default written out; sections without sections inside stand on one line. */
export function renderExperiment(experiment: Experiment): string {
  const document = new Document(experiment);
  visit(document, {
    Collection(key, node) {
      if (key !== null && isFlat(node)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function isFlat(node: Node): boolean {
  if (isMap(node)) return node.items.every((pair) => !isMap(pair.value));
  if (isSeq(node)) return true;
  return true;
}
