import type { FileAttribute, FileNode } from '../onnx/modelFile.ts';
import type { Activation } from './activationRange.ts';
import { integers, type Rewriting } from './rewriting.ts';
import { type Links, maskOf } from './sites.ts';

/** Values that are kept as uint8 with a fixed scale, so that neighbouring integer operators pass them on as they are. */
export interface ByteValues {
  has(value: string): boolean;
  /**
   * uint8 of a float value, quantised where it is not yet. `site` pays for what it takes. `flat`: the width of a picture
   * with one channel, whose elements need not move.
   */
  bytes(value: string, site: string, layout: Layout, flat?: number): Bytes;
  /** Says that the output `value` of a convolution is there as uint8 with channels last. */
  declare(value: string, bytes: { name: string; channels: number; activation: Activation; site: string }): void;
  /** Makes sure that `value` exists as float, by its own name or another. */
  restore(value: string, as?: string): void;
  /** Does on bytes what a node does on floats: moves axes, pools, cuts off below 0, masks, or tells a shape. */
  follow(node: FileNode, links: Links): void;
}

/** The order of axes the graph has, or of a picture with channels last, which integer convolutions want. */
export type Layout = 'plain' | 'channelsLast';

export interface Bytes {
  name: string;
  scale: string;
  zero: string;
  activation: Activation;
  /** So many channels lie innermost in what a matrix reads, where the graph has them before the width. */
  turned?: number;
}

interface Known {
  site: string;
  /** Of a convolution's output. */
  channels?: number;
  turned?: number;
  scale: string;
  zero: string;
  activation: Activation;
  names: Partial<Record<Layout, string>>;
  restored: boolean;
}

const toChannelsLast = [0, 2, 3, 1];
const fromChannelsLast = [0, 3, 1, 2];
const fromChannelsLastName = 'fromChannelsLast';

/** `activations`: of every float value that `bytes` is asked for. Throws an Error for one that was not calibrated. */
export function createByteValues(rewriting: Rewriting, activations: ReadonlyMap<string, Activation>): ByteValues {
  const known = new Map<string, Known>();
  rewriting.addTensor(fromChannelsLastName, [4], BigInt64Array.from(fromChannelsLast, BigInt));
  const constants = (value: string, { scale, zeroPoint }: Activation) => ({
    scale: rewriting.addTensor(`${value}/byteScale`, [], Float32Array.of(scale)),
    zero: rewriting.addTensor(`${value}/byteZero`, [], Uint8Array.of(zeroPoint)),
  });
  const transpose = (site: string, input: string, perm: readonly number[], key: string) => {
    const suffix = `${key}/Transpose`;
    return rewriting.add(site, {
      suffix,
      operator: 'Transpose',
      inputs: [input],
      attributes: { perm: integers(perm) },
    });
  };
  const inLayout = (value: string, entry: Known, layout: Layout): string => {
    const { names, site } = entry;
    const perm = layout === 'plain' ? fromChannelsLast : toChannelsLast;
    names[layout] ??= transpose(site, (names.plain ?? names.channelsLast)!, perm, `${layout}/${value}`);
    return names[layout];
  };
  const quantise = (value: string, site: string): Known => {
    const activation = activations.get(value);
    if (!activation) throw new Error(`'${value}' was not calibrated`);
    const { scale, zero } = constants(value, activation);
    const inputs = [value, scale, zero];
    const plain = rewriting.add(site, { suffix: `QuantizeLinear/${value}`, operator: 'QuantizeLinear', inputs });
    return { site, scale, zero, activation, names: { plain }, restored: true };
  };
  return {
    has: (value) => known.has(value),
    bytes(value, site, layout, flat) {
      const entry = known.get(value) ?? quantise(value, site);
      known.set(value, entry);
      if (flat !== undefined && !entry.names.channelsLast) {
        const shape = rewriting.addTensor(`${site}/picture`, [4], BigInt64Array.of(0n, -1n, BigInt(flat), 1n));
        const inputs = [entry.names.plain!, shape];
        entry.names.channelsLast = rewriting.add(site, { suffix: 'picture/Reshape', operator: 'Reshape', inputs });
      }
      return { ...entry, name: inLayout(value, entry, layout) };
    },
    declare(value, { name, channels, activation, site }) {
      const names = { channelsLast: name };
      known.set(value, { site, channels, activation, ...constants(value, activation), names, restored: false });
    },
    restore(value, as = value) {
      const entry = known.get(value);
      if (!entry || entry.restored) return;
      entry.restored = true;
      const inputs = [inLayout(value, entry, 'plain'), entry.scale, entry.zero];
      rewriting.add(entry.site, {
        suffix: `DequantizeLinear/${value}`,
        operator: 'DequantizeLinear',
        inputs,
        output: as,
      });
    },
    follow(node, links) {
      const [input, output] = [node.inputs[0]!, node.outputs[0]!];
      const value = links.consumers.has(input) && known.has(input) ? input : node.inputs[1]!;
      const entry = known.get(value)!;
      const followed = followers[node.operator as keyof typeof followers];
      if (!followed) throw new Error(`${node.operator} cannot be done on bytes`);
      const add = addTo(rewriting, entry.site, output);
      const plain = () => inLayout(value, entry, 'plain');
      const result = followed({ node, entry, add, plain, links, value });
      if (result) known.set(output, { ...entry, ...result, restored: false });
    },
  };
}

interface Followed {
  node: FileNode;
  entry: Known;
  value: string;
  links: Links;
  plain(): string;
  add: ReturnType<typeof addTo>;
}

const addTo =
  (rewriting: Rewriting, site: string, key: string) =>
  (
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, FileAttribute>>,
    output?: string,
  ) =>
    rewriting.add(site, {
      suffix: `${operator}/${key}`,
      operator,
      inputs,
      ...(attributes ? { attributes } : {}),
      ...(output ? { output } : {}),
    });

type Result = Pick<Known, 'names' | 'turned'>;

/** By the operator on floats; none where no bytes come of it. */
const followers = {
  Transpose({ node, entry, add, plain, links }: Followed): Result {
    const perm = node.attributes.perm;
    if (perm?.kind !== 'integers' || entry.names.plain)
      return { names: { plain: add('Transpose', [plain()], node.attributes) } };
    // Two moves of axes are one; where matrices alone read the result, their rows move instead of its elements.
    const joined = perm.value.map((axis) => fromChannelsLast[axis]!);
    const turned =
      joined.join() === '1,0,3,2' && entry.channels && readByMatrices(node, links) ? entry.channels : undefined;
    const moved = integers(turned ? [1, 0, 2, 3] : joined);
    const name = add('Transpose', [entry.names.channelsLast!], { perm: moved });
    return { names: { plain: name }, ...(turned ? { turned } : {}) };
  },
  Reshape: ({ node, add, plain }: Followed): Result => ({
    names: { plain: add('Reshape', [plain(), ...node.inputs.slice(1)], node.attributes) },
  }),
  // The zero point is 0, at which an integer operator cuts off.
  Relu: ({ entry }: Followed): Result => ({ names: { ...entry.names } }),
  MaxPool({ node, entry, add }: Followed): Result {
    const { kernel_shape, strides, pads, ceil_mode } = node.attributes;
    const given = Object.entries({ kernel_shape, strides, pads, ceil_mode }).filter(([, value]) => value);
    const attributes = Object.fromEntries(given) as Record<string, FileAttribute>;
    return { names: { channelsLast: add('NhwcMaxPool', [entry.names.channelsLast!], attributes) } };
  },
  // The mask is [batch, 1, frames, 1].
  Mul({ node, entry, add, plain, links, value }: Followed): Result {
    const mask = maskOf(node, value, links)!;
    if (!entry.names.channelsLast) return { names: { plain: add('Where', [mask, plain(), entry.zero]) } };
    const moved = add('Transpose', [mask], { perm: integers(toChannelsLast) });
    return { names: { channelsLast: add('Where', [moved, entry.names.channelsLast, entry.zero]) } };
  },
  Shape({ node, entry, add }: Followed): undefined {
    if (!entry.names.channelsLast) {
      add('Shape', [entry.names.plain!], undefined, node.outputs[0]!);
      return;
    }
    const sizes = add('Shape', [entry.names.channelsLast!]);
    add('Gather', [sizes, fromChannelsLastName], undefined, node.outputs[0]!);
  },
} as const;

/** Whether a transposed picture is only flattened, channels by width, for static products. */
function readByMatrices(node: FileNode, links: Links): boolean {
  const consumers = (name: string) => links.consumers.get(name) ?? [];
  const [reshape, ...others] = consumers(node.outputs[0]!);
  if (others.length > 0 || reshape?.operator !== 'Reshape') return false;
  return consumers(reshape.outputs[0]!).every(({ operator }) => operator === 'MatMul');
}
