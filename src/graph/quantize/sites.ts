import {
  elementCount,
  type FileGraph,
  type FileNode,
  type FileTensor,
  fileTypes,
  integerAttribute,
  integersAttribute,
  textAttribute,
} from '../onnx/modelFile.ts';

export const siteKinds = ['Conv', 'MatMul', 'Gemm', 'LSTM', 'GRU'] as const;
export type SiteKind = (typeof siteKinds)[number];

/** A node that multiplies with weights the model holds: what quantisation is about. */
export interface Site {
  name: string;
  kind: SiteKind;
  node: FileNode;
  /** The matrices among its inputs, by name. */
  weights: readonly string[];
  /** Activations it reads. */
  input: string;
  /** Of a convolution: pooling, ReLU and mask that alone read its output, one after another. */
  tail: readonly FileNode[];
  /** What the last of the tail gives. */
  output: string;
  parameters: number;
}

/** How a site is computed, and how its weights are kept. */
export type Form =
  /** As it was. */
  | 'float'
  /** Weights as int8, multiplied out when the model is loaded; computed in single precision. */
  | 'stored'
  /** Integer products; the scale of the activations is found anew in each run. */
  | 'dynamic'
  /** Integer products; the scale of the activations was found by calibration. */
  | 'static';

/** Forms that a kind of node may have here, the fastest first. */
const formsOfKind: Readonly<Record<SiteKind, readonly Form[]>> = {
  Conv: ['static', 'dynamic', 'stored', 'float'],
  MatMul: ['static', 'dynamic', 'stored', 'float'],
  Gemm: ['static', 'dynamic', 'stored', 'float'],
  LSTM: ['dynamic', 'stored', 'float'],
  GRU: ['dynamic', 'stored', 'float'],
};

/** Forms that a site has here, the fastest first. */
export const formsOf = (site: Site): readonly Form[] =>
  formsOfKind[site.kind].filter((form) => form !== 'dynamic' || site.kind !== 'GRU' || hasIntegerGru(site));

/** Whether a GRU can be a scan of integer products: PyTorch's equations, one or two directions, lengths for two. */
function hasIntegerGru({ node }: Pick<Site, 'node'>): boolean {
  const direction = textAttribute(node, 'direction', 'forward');
  return (
    integerAttribute(node, 'linear_before_reset', 0) === 1 &&
    (direction === 'forward' || (direction === 'bidirectional' && Boolean(node.inputs[4]))) &&
    Boolean(node.inputs[3]) &&
    !node.inputs[5] &&
    node.attributes.activations === undefined &&
    node.attributes.clip === undefined
  );
}

/** All sites of a graph whose constants are folded, in its order. */
export function findSites(graph: FileGraph): Site[] {
  const tensors = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const links = linksOf(graph);
  return graph.nodes.flatMap((node) => siteOf(node, tensors, links) ?? []);
}

export interface Links {
  producers: ReadonlyMap<string, FileNode>;
  consumers: ReadonlyMap<string, readonly FileNode[]>;
  outputs: ReadonlySet<string>;
}

export function linksOf(graph: FileGraph): Links {
  const producers = new Map<string, FileNode>();
  const consumers = new Map<string, FileNode[]>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) producers.set(output, node);
    for (const input of new Set(node.inputs)) {
      const known = consumers.get(input);
      if (known) known.push(node);
      else consumers.set(input, [node]);
    }
  }
  return { producers, consumers, outputs: new Set(graph.outputs.map(({ name }) => name)) };
}

function siteOf(node: FileNode, tensors: ReadonlyMap<string, FileTensor>, links: Links): Site | undefined {
  const kind = siteKinds.find((one) => one === node.operator && node.domain === '');
  if (!kind || !isSupported(kind, node)) return undefined;
  const weights = (kind === 'LSTM' || kind === 'GRU' ? [1, 2] : [1]).map((index) => node.inputs[index] ?? '');
  const matrices = weights.map((name) => tensors.get(name));
  const rank = { Conv: 4, MatMul: 2, Gemm: 2, LSTM: 3, GRU: 3 }[kind];
  if (!matrices.every((one) => one?.type === fileTypes.float32 && one.dims.length === rank)) return undefined;
  const bias = node.inputs[kind === 'Conv' || kind === 'Gemm' ? 2 : -1];
  if (bias && !tensors.has(bias)) return undefined;
  const tail = kind === 'Conv' ? tailOf(node, links) : [];
  const parameters = matrices.reduce((sum, one) => sum + elementCount(one!.dims), 0);
  const output = (tail.at(-1) ?? node).outputs[0]!;
  return { name: node.name || output, kind, node, weights, input: node.inputs[0]!, tail, output, parameters };
}

function isSupported(kind: SiteKind, node: FileNode): boolean {
  if (kind === 'LSTM' || kind === 'GRU')
    // Peepholes, and outputs beside the states, have no integer form here.
    return integerAttribute(node, 'layout', 0) === 0 && !node.inputs[7] && node.outputs.slice(1).every((name) => !name);
  if (kind === 'Gemm') {
    const one = ['alpha', 'beta'].every((name) => {
      const value = node.attributes[name];
      return value === undefined || (value.kind === 'float' && value.value === 1);
    });
    return one && integerAttribute(node, 'transA', 0) === 0;
  }
  if (kind === 'Conv')
    return (
      textAttribute(node, 'auto_pad', 'NOTSET') === 'NOTSET' &&
      integerAttribute(node, 'group', 1) === 1 &&
      (integersAttribute(node, 'dilations') ?? []).every((dilation) => dilation === 1)
    );
  return true;
}

function tailOf(start: FileNode, links: Links): FileNode[] {
  const tail: FileNode[] = [];
  for (let node = start; ; ) {
    const output = node.outputs[0]!;
    // A shape can be told of bytes as well.
    const next = (links.consumers.get(output) ?? []).filter(({ operator }) => operator !== 'Shape');
    if (next.length !== 1 || links.outputs.has(output) || !isTail(next[0]!, output, links)) return tail;
    node = next[0]!;
    tail.push(node);
  }
}

function isTail(node: FileNode, input: string, links: Links): boolean {
  if (node.domain !== '') return false;
  if (node.operator === 'Relu') return true;
  if (node.operator === 'MaxPool')
    return (
      node.outputs.length === 1 &&
      textAttribute(node, 'auto_pad', 'NOTSET') === 'NOTSET' &&
      (integersAttribute(node, 'dilations') ?? []).every((dilation) => dilation === 1)
    );
  return node.operator === 'Mul' && maskOf(node, input, links) !== undefined;
}

/** The truth value whose 0 or 1 a product multiplies with. */
export function maskOf(node: FileNode, input: string, links: Links): string | undefined {
  const other = node.inputs[0] === input ? node.inputs[1]! : node.inputs[0]!;
  const cast = links.producers.get(other);
  if (cast?.operator !== 'Cast' || cast.domain !== '') return undefined;
  const source = links.producers.get(cast.inputs[0]!);
  const isTruth = (name: string) => ['Less', 'Greater', 'LessOrEqual', 'Not', 'And', 'Equal'].includes(name);
  // The mask is made of a comparison, whose axes are then brought into place.
  let origin = source;
  while (origin && (origin.operator === 'Unsqueeze' || origin.operator === 'Reshape'))
    origin = links.producers.get(origin.inputs[0]!);
  return origin && isTruth(origin.operator) ? cast.inputs[0]! : undefined;
}
