import { readNodeName } from '../../graph/onnx/names.ts';
import type { GraphPhase } from '../../shared/run/profileSummary.ts';

export interface NodePlace {
  layer: string;
  phase: GraphPhase;
}

/** Layers that are parts of the step rather than of the model. */
const phaseOfLayer: Readonly<Record<string, GraphPhase>> = {
  loss: 'loss',
  optimizer: 'update',
  // Putting them together for the update, and their norm.
  gradients: 'backward',
};

/** Layer and phase that a node's name tells; `other` without a layer where ONNX Runtime made the node up. */
export function nodePlace(name: string): NodePlace {
  const read = readNodeName(name);
  if (!read) return { layer: '', phase: 'other' };
  const { layer, backward } = read;
  if (backward) return { layer, phase: 'backward' };
  return { layer, phase: phaseOfLayer[layer.split('/')[0]!] ?? (layer ? 'forward' : 'other') };
}
