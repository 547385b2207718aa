import { type FileGraph, type FileNode, type FileTensor, fileTensor } from '../onnx/modelFile.ts';
import type { Rewriting } from './rewriting.ts';
import type { Site } from './sites.ts';
import { siteWeights, transposeBlocks } from './siteWeights.ts';

/**
 * There is no `DynamicQuantizeGRU`: one integer product of the input for all frames, then a scan over the frames with an
 * integer product of the state in each step. A step costs some ten small nodes, so that it pays for wide layers alone.
 */
export function addDynamicGru(rewriting: Rewriting, site: Site, output: string): void {
  const [input, recurrent] = site.weights.map((name) => siteWeights(rewriting, site, name));
  const [directions, rows, inputs] = input!.dims as Three;
  const hidden = rows / 3;
  const biases = rewriting.floats(site.node.inputs[3]!);
  const states: string[] = [];
  for (let direction = 0; direction < directions; direction++) {
    const part = (all: Int8Array, columns: number) =>
      transposeBlocks(all.subarray(direction * rows * columns, (direction + 1) * rows * columns), 1, rows, columns);
    const scales = (all: Float32Array) => all.slice(direction * rows, (direction + 1) * rows);
    const own = biases.slice(2 * direction * rows, (2 * direction + 1) * rows);
    const other = biases.slice((2 * direction + 1) * rows, (2 * direction + 2) * rows);
    // Of the recurrent bias only the candidate's part stands inside the reset gate.
    const outside = own.map((bias, row) => bias + (row < 2 * hidden ? other[row]! : 0));
    const inside = other.map((bias, row) => (row < 2 * hidden ? 0 : bias));
    const gates = { values: part(input!.values, inputs), scales: scales(input!.scales), bias: outside, inputs };
    const step = { values: part(recurrent!.values, hidden), scales: scales(recurrent!.scales), bias: inside };
    states.push(addDirection(rewriting, site, `direction${direction}`, { gates, step, hidden }));
  }
  const joined = states.length === 1 ? states[0]! : concat(rewriting, site, states);
  rewriting.add(site.name, { suffix: '', operator: 'Identity', inputs: [joined], output });
}
type Three = [number, number, number];

const concat = (rewriting: Rewriting, site: Site, states: readonly string[]) =>
  rewriting.add(site.name, {
    suffix: 'Concat',
    operator: 'Concat',
    inputs: states,
    attributes: { axis: { kind: 'integer', value: 1 } },
  });

interface Direction {
  gates: { values: Int8Array; scales: Float32Array; bias: Float32Array; inputs: number };
  step: { values: Int8Array; scales: Float32Array; bias: Float32Array };
  hidden: number;
}

/** States [frames, 1, batch, hidden] of one direction. */
function addDirection(rewriting: Rewriting, site: Site, key: string, { gates, step, hidden }: Direction): string {
  const name = `${site.name}/${key}`;
  const tensor = (part: string, dims: readonly number[], data: Parameters<typeof fileTensor>[2]) =>
    rewriting.addTensor(`${name}/${part}`, dims, data);
  const add = (operator: string, inputs: readonly string[], attributes: FileNode['attributes'] = {}, part = operator) =>
    rewriting.add(site.name, { suffix: `${key}/${part}`, operator, inputs, attributes });
  const [x, , , , lengths] = site.node.inputs as readonly string[];
  const backward = key === 'direction1';
  const axes = { time_axis: { kind: 'integer', value: 0 }, batch_axis: { kind: 'integer', value: 1 } } as const;
  const longLengths = backward ? add('Cast', [lengths!], { to: { kind: 'integer', value: 7 } }) : '';
  const read = backward ? add('ReverseSequence', [x!, longLengths], axes, 'read') : x!;
  const rows = 3 * hidden;
  const all = add('DynamicQuantizeMatMul', [
    read,
    tensor('int8', [gates.inputs, rows], gates.values),
    tensor('scale', [rows], gates.scales),
    tensor('zero', [rows], new Int8Array(rows)),
    tensor('bias', [rows], gates.bias),
  ]);
  // The first state, zeros [batch, hidden], from the sizes of the input.
  const sizes = add('Shape', [x!]);
  const batch = add('Gather', [sizes, tensor('one', [1], BigInt64Array.of(1n))]);
  const attributes = { axis: { kind: 'integer', value: 0 } } as const;
  const shape = add('Concat', [batch, tensor('hidden', [1], BigInt64Array.of(BigInt(hidden)))], attributes, 'shape');
  const zeros = add('Expand', [tensor('zeroState', [1], new Float32Array(1)), shape]);
  const scan = `${name}/Scan`;
  const outputs = [`${scan}/last`, `${scan}/states`];
  const body = { kind: 'body', graph: stepGraph(name, step, hidden) } as const;
  const inputs = [zeros, all];
  rewriting.addNode(site.name, {
    name: scan,
    operator: 'Scan',
    domain: '',
    inputs,
    outputs,
    attributes: { body, num_scan_inputs: { kind: 'integer', value: 1 } },
  });
  const written = backward ? add('ReverseSequence', [outputs[1]!, longLengths], axes, 'write') : outputs[1]!;
  return add('Unsqueeze', [written, tensor('axis', [1], BigInt64Array.of(1n))]);
}

/** One step: state [batch, hidden] and what the input adds to the gates [batch, 3·hidden] → state, and state again. */
function stepGraph(name: string, { values, scales, bias }: Direction['step'], hidden: number): FileGraph {
  const rows = 3 * hidden;
  const initializers: FileTensor[] = [];
  const nodes: FileNode[] = [];
  const tensor = (part: string, dims: readonly number[], data: Parameters<typeof fileTensor>[2]) => {
    initializers.push(fileTensor(`${name}/step/${part}`, dims, data));
    return `${name}/step/${part}`;
  };
  const add = (part: string, operator: string, inputs: readonly string[], count = 1, domain = '') => {
    const own = `${name}/step/${part}`;
    const outputs = count === 1 ? [own] : Array.from({ length: count }, (_, i) => `${own}${i}`);
    const attributes: FileNode['attributes'] = operator === 'Split' ? { axis: { kind: 'integer', value: 1 } } : {};
    nodes.push({ name: own, operator, domain, inputs, outputs, attributes });
    return outputs;
  };
  const [state, gates] = [`${name}/step/state`, `${name}/step/gates`];
  const weights = [
    tensor('int8', [hidden, rows], values),
    tensor('scale', [rows], scales),
    tensor('zero', [rows], new Int8Array(rows)),
    tensor('bias', [rows], bias),
  ];
  const [product] = add('product', 'DynamicQuantizeMatMul', [state, ...weights], 1, 'com.microsoft');
  const parts = tensor('parts', [2], BigInt64Array.of(BigInt(2 * hidden), BigInt(hidden)));
  const [ownGates, ownCandidate] = add('own', 'Split', [gates, parts], 2);
  const [otherGates, otherCandidate] = add('other', 'Split', [product!, parts], 2);
  const [sum] = add('sum', 'Add', [ownGates!, otherGates!]);
  const [open] = add('open', 'Sigmoid', [sum!]);
  const halves = tensor('halves', [2], BigInt64Array.of(BigInt(hidden), BigInt(hidden)));
  const [update, reset] = add('half', 'Split', [open!, halves], 2);
  const [kept] = add('kept', 'Mul', [reset!, otherCandidate!]);
  const [inner] = add('inner', 'Add', [ownCandidate!, kept!]);
  const [candidate] = add('candidate', 'Tanh', [inner!]);
  const [change] = add('change', 'Sub', [state, candidate!]);
  const [share] = add('share', 'Mul', [update!, change!]);
  const [next] = add('next', 'Add', [candidate!, share!]);
  const [again] = add('again', 'Identity', [next!]);
  const named = (value: string) => ({ name: value });
  return {
    name: `${name}/step`,
    nodes,
    initializers,
    inputs: [named(state), named(gates)],
    outputs: [named(next!), named(again!)],
  };
}
