import {
  type FileAttribute,
  type FileNode,
  type FileTensor,
  fileTensor,
  floatsOf,
  type ModelFile,
} from '../onnx/modelFile.ts';

/** A graph that is being written anew. */
export interface Rewriting {
  readonly nodes: FileNode[];
  /** Names of the sites that new nodes stand for, by the nodes' names. */
  readonly owners: Map<string, string>;
  /** A tensor of the old graph. Throws where there is none. */
  tensor(name: string): FileTensor;
  floats(name: string): Float32Array;
  /** Adds a tensor and gives its name. */
  addTensor(name: string, dims: readonly number[], data: Parameters<typeof fileTensor>[2]): string;
  /** Adds a node of a site; without `output` it gets one of its own name. Gives the output's name. */
  add(site: string, node: NewNode): string;
  /** Adds a whole node of a site. */
  addNode(site: string, node: FileNode): void;
  /** The model, without what nothing reads any more; with `outputs`, those are its outputs instead. */
  finish(outputs?: readonly string[]): ModelFile;
}

export interface NewNode {
  /** After the name of the site and a slash; '' is the site itself. */
  suffix: string;
  operator: string;
  inputs: readonly string[];
  attributes?: Readonly<Record<string, FileAttribute>>;
  output?: string;
}

/** Operators that are ONNX Runtime's own. */
const ownOperators = new Set([
  'DynamicQuantizeLSTM',
  'DynamicQuantizeMatMul',
  'MatMulIntegerToFloat',
  'QLinearConv',
  'NhwcMaxPool',
]);
const ownDomain = 'com.microsoft';

export function createRewriting(model: ModelFile): Rewriting {
  const old = new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]));
  const added = new Map<string, FileTensor>();
  const nodes: FileNode[] = [];
  const owners = new Map<string, string>();
  const tensor = (name: string) => {
    const found = old.get(name);
    if (!found) throw new Error(`the model has no tensor '${name}'`);
    return found;
  };
  return {
    nodes,
    owners,
    tensor,
    floats: (name) => floatsOf(tensor(name)),
    addTensor(name, dims, data) {
      if (old.has(name)) throw new Error(`the model has a tensor '${name}' already`);
      added.set(name, fileTensor(name, dims, data));
      return name;
    },
    add(site, { suffix, operator, inputs, attributes = {}, output }) {
      const name = suffix === '' ? site : `${site}/${suffix}`;
      const result = output ?? `${name}/output`;
      const domain = ownOperators.has(operator) ? ownDomain : '';
      nodes.push({ name, operator, domain, inputs, outputs: [result], attributes });
      owners.set(name, site);
      return result;
    },
    addNode(site, node) {
      nodes.push(node);
      owners.set(node.name, site);
    },
    finish(names) {
      const outputs = names?.map((name) => ({ name })) ?? model.graph.outputs;
      const hasBodies = nodes.some(hasBody);
      const used = new Set(outputs.map(({ name }) => name));
      const needed = nodes.toReversed().filter((node) => {
        if (!hasBodies && !node.outputs.some((name) => used.has(name))) return false;
        for (const name of node.inputs) used.add(name);
        return true;
      });
      // A body may read any tensor of the graph around it.
      const kept = [...old.values()].filter(({ name }) => hasBodies || used.has(name));
      const domains = new Set(['', ownDomain, ...nodes.map(({ domain }) => domain)]);
      const imported = [...model.opsets].filter(([domain]) => hasBodies || domains.has(domain));
      const opsets = new Map([...imported, [ownDomain, 1]]);
      const read = [...added.values()].filter(({ name }) => used.has(name));
      return {
        ...model,
        opsets,
        graph: { ...model.graph, outputs, nodes: needed.reverse(), initializers: [...kept, ...read] },
      };
    },
  };
}

export const hasBody = ({ attributes }: FileNode): boolean =>
  Object.values(attributes).some((attribute) => attribute.kind === 'other' && attribute.hasBody);

export const integers = (value: readonly number[]): FileAttribute => ({ kind: 'integers', value });
