import { UserError } from '../../shared/problem.ts';
import { SMALL_CONSTANT } from '../graph.ts';
import type { Attribute, Graph, Node, TensorData, Value } from '../value.ts';
import {
  attributeMessage,
  graphMessage,
  modelMessage,
  nodeMessage,
  tensorMessage,
  valueInfoMessage,
} from './messages.ts';
import { createNames, type Names, type Needed, neededNodes, type OnNode, resolve } from './names.ts';
import { irVersionOf, nodeInOpset, OPSET } from './opsets.ts';
import { type Encoded, message } from './protobuf.ts';

export interface OnnxModel {
  /** Values by the names the model gives them. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Content of graph inputs, by name: they are written as initialisers and are inputs no more. */
  readonly initializers?: Readonly<Record<string, TensorData>>;
  /** Told the name of every node that is written, and whether it stands in the body of another. */
  readonly onNode?: OnNode;
  /** Default: `OPSET`. */
  readonly opset?: number;
}

const MAX_BYTES = 2 ** 31 - 1;

/**
 * The bytes of an ONNX model with only the nodes its outputs need; inputs stand in the order of their declaration.
 * Throws a UserError when the model would exceed protobuf's 2 GB.
 */
export function writeOnnx(model: OnnxModel): Uint8Array {
  const roots = Object.values(model.outputs);
  if (roots.length === 0) throw new Error('a model needs at least one output');
  const graph = rootOf(roots[0]!.graph);
  const opset = model.opset ?? OPSET;
  const encoded = message([
    modelMessage({
      irVersion: irVersionOf(opset),
      opset,
      producer: 'asr-workbench',
      graph: encodeMain(graph, model, opset),
      metadata: model.metadata ?? {},
    }),
  ]);
  if (encoded.size > MAX_BYTES) {
    const gigabytes = (encoded.size / 1e9).toFixed(1);
    throw new UserError(`The model takes ${gigabytes} GB; an ONNX file cannot exceed 2 GB. Make the model smaller.`);
  }
  const bytes = new Uint8Array(encoded.size);
  encoded.write(bytes, 0);
  return bytes;
}

function rootOf(graph: Graph): Graph {
  return graph.parent ? rootOf(graph.parent) : graph;
}

function encodeMain(graph: Graph, model: OnnxModel, opset: number): Encoded {
  const names = createNames(model.onNode);
  const baked = model.initializers ?? {};
  const inputName = (input: Value) => (input.source.kind === 'input' ? input.source.name : '');
  for (const input of graph.inputs) names.fresh(inputName(input));
  for (const name of Object.keys(baked)) {
    if (!graph.inputs.some((input) => inputName(input) === name)) throw new Error(`no graph input is called '${name}'`);
  }
  const needed = neededNodes(graph, Object.values(model.outputs));
  const copies = nameOutputs(graph, model.outputs, names);
  const initializers = [
    ...graph.inputs.flatMap((input) => {
      const data = baked[inputName(input)];
      return data ? [bakedTensor(input, inputName(input), data)] : [];
    }),
    ...constantsOf(graph, needed, Object.values(model.outputs)).map((value) =>
      constantTensor(value, names.value(value)),
    ),
  ];
  return graphMessage({
    name: 'graph',
    nodes: [
      ...needed.nodes.flatMap((node) => encodeNode(node, { needed, names, opset }, (value) => names.value(value))),
      ...copies,
    ],
    initializers,
    inputs: graph.inputs
      .filter((input) => !(inputName(input) in baked))
      .map((input) => valueInfoMessage(inputName(input), input.dtype, input.shape)),
    outputs: Object.entries(model.outputs).map(([name, value]) => valueInfoMessage(name, value.dtype, value.shape)),
  });
}

/** Lets a node's output carry the model's name for it; inputs, constants and second names get an Identity. */
function nameOutputs(graph: Graph, outputs: Readonly<Record<string, Value>>, names: Names): readonly Encoded[] {
  const copies: Encoded[] = [];
  for (const name of Object.keys(outputs)) {
    if (names.fresh(name) !== name) throw new Error(`two inputs or outputs are called '${name}'`);
  }
  for (const [name, output] of Object.entries(outputs)) {
    if (output.graph !== graph) throw new Error(`output '${name}' stands inside the body of another node`);
    const value = resolve(output);
    if (value.source.kind === 'node' && !names.isAssigned(value)) names.assign(value, name);
    else copies.push(identityNode(names.value(value), name, names.fresh(`${name}/Identity`), names, false));
  }
  return copies;
}

function identityNode(from: string, to: string, name: string, names: Names, inBody: boolean): Encoded {
  names.onNode(name, inBody);
  return nodeMessage({ name, type: 'Identity', inputs: [from], outputs: [to], attributes: [] });
}

/** What the nodes of one graph are written with. */
interface Writing {
  needed: Needed;
  names: Names;
  opset: number;
}

/** The node, after a Constant with its axes where the opset has them as an input. */
function encodeNode(node: Node, writing: Writing, nameOf: (value: Value) => string): Encoded[] {
  const { needed, names, opset } = writing;
  const inOpset = nodeInOpset(node.op.onnx, node.attributes, opset);
  const attributes = Object.entries(inOpset.attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [attributeMessage(key, value, (body) => encodeBody(body, names.node(node), { names, opset }, nameOf))],
  );
  names.onNode(names.node(node), node.outputs[0]!.graph.parent !== undefined);
  const axes = inOpset.axes ? [axesNode(inOpset.axes, names.fresh(`${names.node(node)}/axes`))] : [];
  const encoded = nodeMessage({
    name: names.node(node),
    type: node.op.onnx,
    inputs: [...node.inputs.map((input) => (input ? nameOf(resolve(input)) : '')), ...axes.map(({ output }) => output)],
    outputs: writtenOutputs(node, needed).map((output) => (output ? nameOf(output) : '')),
    attributes,
  });
  return [...axes.map((constant) => constant.encoded), encoded];
}

function axesNode(axes: readonly number[], output: string): { encoded: Encoded; output: string } {
  const value = { tensor: BigInt64Array.from(axes, BigInt), dtype: 'int64', shape: [axes.length] } as const;
  const attributes = [
    attributeMessage('value', value, () => {
      throw new Error('no body');
    }),
  ];
  return {
    encoded: nodeMessage({ name: output, type: 'Constant', inputs: [], outputs: [output], attributes }),
    output,
  };
}

function writtenOutputs({ op, outputs }: Node, { values }: Needed): readonly (Value | undefined)[] {
  const { requiredOutputs = outputs.length } = op;
  const isWritten = (output: Value, index: number) => index < requiredOutputs || values.has(output);
  const last = outputs.findLastIndex(isWritten);
  return outputs.slice(0, last + 1).map((output, index) => (isWritten(output, index) ? output : undefined));
}

/**
 * A nested graph. Its small constants are copied into it: a captured value costs time in each iteration, and ORT folds
 * and fuses more when it sees them.
 */
function encodeBody(
  attribute: Attribute,
  owner: string,
  { names, opset }: Omit<Writing, 'needed'>,
  outerName: (value: Value) => string,
): Encoded {
  if (typeof attribute !== 'object' || !('body' in attribute)) throw new Error('not a body');
  const { body, outputs } = attribute;
  const needed = neededNodes(body, outputs);
  const local = new Map<Value, string>();
  for (const input of body.inputs) {
    local.set(input, names.fresh(`${owner}/${input.source.kind === 'input' ? input.source.name : ''}`));
  }
  const constants = constantsOf(body, needed, outputs);
  for (const constant of constants) local.set(constant, names.fresh(`${owner}/constant`));
  const nameOf = (value: Value) => local.get(value) ?? outerName(value);
  const encodedNodes = needed.nodes.flatMap((node) => encodeNode(node, { needed, names, opset }, nameOf));
  const results = outputs.map((output, i) => {
    const value = resolve(output);
    const isOwn = value.source.kind === 'node' && value.graph === body;
    if (isOwn && outputs.findIndex((other) => resolve(other) === value) === i) return names.value(value);
    const name = names.fresh(`${owner}/output${i}`);
    encodedNodes.push(identityNode(nameOf(value), name, names.fresh(`${owner}/Identity`), names, true));
    return name;
  });
  return graphMessage({
    name: names.fresh(`${owner}/body`),
    nodes: encodedNodes,
    initializers: constants.map((value) => constantTensor(value, nameOf(value))),
    inputs: body.inputs.map((input) => valueInfoMessage(nameOf(input), input.dtype, input.shape)),
    outputs: outputs.map((output, i) => valueInfoMessage(results[i]!, output.dtype, output.shape)),
  });
}

/** Constants to be stored with a graph: small ones where they are used, large ones in the main graph. */
function constantsOf(graph: Graph, needed: Needed, outputs: readonly Value[]): readonly Value[] {
  const used = new Set(outputs.map(resolve));
  for (const node of needed.nodes) for (const input of node.inputs) if (input) used.add(resolve(input));
  const belongs = (value: Value) =>
    value.source.kind === 'constant' &&
    (value.source.data.length <= SMALL_CONSTANT ? used.has(value) : graph.parent === undefined);
  return [...needed.leaves].filter(belongs).sort((a, b) => a.id - b.id);
}

function constantTensor(value: Value, name: string): Encoded {
  if (value.source.kind !== 'constant') throw new Error('not a constant');
  return tensorMessage(name, value.dtype, value.shape as readonly number[], value.source.data);
}

function bakedTensor(input: Value, name: string, data: TensorData): Encoded {
  const size = input.shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : Number.NaN), 1);
  if (data.length !== size) {
    throw new Error(`'${name}' has ${data.length} elements, its shape is [${input.shape.join(', ')}]`);
  }
  return tensorMessage(name, input.dtype, input.shape as readonly number[], data);
}
