import type { Rewriting } from './rewriting.ts';
import type { Site } from './sites.ts';
import { isTransposed, siteWeights, transposeBlocks } from './siteWeights.ts';

/** Float weights made of int8 ones by a cast and a product, which every runtime folds when it loads the model. */
export function addStored(rewriting: Rewriting, site: Site, output: string): void {
  const inputs = site.node.inputs.map((name, index) => {
    if (!site.weights.includes(name)) return name;
    const { values, scales, dims, scaleDims } = siteWeights(rewriting, site, name);
    const key = `weight${index}`;
    const stored = rewriting.addTensor(`${site.name}/${key}/int8`, dims, values);
    const scale = rewriting.addTensor(`${site.name}/${key}/scale`, scaleDims, scales);
    const attributes = { to: { kind: 'integer', value: 1 } } as const;
    const cast = rewriting.add(site.name, { suffix: `${key}/Cast`, operator: 'Cast', inputs: [stored], attributes });
    return rewriting.add(site.name, { suffix: `${key}/Mul`, operator: 'Mul', inputs: [cast, scale] });
  });
  const { operator, attributes } = site.node;
  rewriting.add(site.name, { suffix: '', operator, inputs, attributes, output });
}

/**
 * `DynamicQuantizeLSTM`: input and states become uint8 with a scale of their own for each product (one over the batch
 * and, for the input, all frames), gates are computed in single precision.
 */
export function addDynamicLstm(rewriting: Rewriting, site: Site, output: string): void {
  const parts = site.weights.map((name, index) => {
    const { values, scales, dims } = siteWeights(rewriting, site, name);
    const [directions, rows, columns] = dims as readonly [number, number, number];
    const key = `${site.name}/${index === 0 ? 'input' : 'recurrent'}`;
    const turned = transposeBlocks(values, directions, rows, columns);
    return {
      weights: rewriting.addTensor(`${key}/int8`, [directions, columns, rows], turned),
      scale: rewriting.addTensor(`${key}/scale`, [directions, rows], scales),
      zero: rewriting.addTensor(`${key}/zero`, [directions, rows], new Int8Array(directions * rows)),
    };
  });
  const [own, recurrent] = parts as [(typeof parts)[0], (typeof parts)[0]];
  const [x, , , bias = '', lengths = '', state = '', memory = ''] = site.node.inputs;
  const scales = [own.scale, own.zero, recurrent.scale, recurrent.zero];
  const inputs = [x!, own.weights, recurrent.weights, bias, lengths, state, memory, '', ...scales];
  const { layout: _, ...attributes } = site.node.attributes;
  rewriting.add(site.name, { suffix: '', operator: 'DynamicQuantizeLSTM', inputs, attributes, output });
}

/**
 * int8 [inputs, outputs] with a scale per output. With `turned` channels the inputs are taken from [channel, place] to
 * [place, channel].
 */
export function addMatrix(rewriting: Rewriting, site: Site, turned?: number) {
  const { values, scales, dims } = siteWeights(rewriting, site, site.weights[0]!);
  const turn = isTransposed(site);
  const [rows, columns] = (turn ? [dims[1], dims[0]] : dims) as [number, number];
  const plain = turn ? transposeBlocks(values, 1, columns, rows) : values;
  const matrix = turned ? turnRows(plain, { rows, columns, channels: turned }) : plain;
  return {
    weights: rewriting.addTensor(`${site.name}/int8`, [rows, columns], matrix),
    scale: rewriting.addTensor(`${site.name}/scale`, [columns], scales),
    zero: rewriting.addTensor(`${site.name}/zero`, [columns], new Int8Array(columns)),
    bias: site.kind === 'Gemm' ? (site.node.inputs[2] ?? '') : '',
  };
}

function turnRows(matrix: Int8Array, sizes: { rows: number; columns: number; channels: number }): Int8Array {
  const { rows, columns, channels } = sizes;
  const places = rows / channels;
  const result = new Int8Array(matrix.length);
  for (let channel = 0; channel < channels; channel++)
    for (let place = 0; place < places; place++) {
      const from = (channel * places + place) * columns;
      result.set(matrix.subarray(from, from + columns), (place * channels + channel) * columns);
    }
  return result;
}

/** `DynamicQuantizeMatMul`: the whole of the left side gets one scale in each run. */
export function addDynamicMatMul(rewriting: Rewriting, site: Site, output: string): void {
  const { weights, scale, zero, bias } = addMatrix(rewriting, site);
  const inputs = [site.input, weights, scale, zero, ...(bias ? [bias] : [])];
  rewriting.add(site.name, { suffix: '', operator: 'DynamicQuantizeMatMul', inputs, output });
}

/** `ConvInteger` between finding a scale and applying it; here to be measured, since it is slower than single precision. */
export function addDynamicConv(rewriting: Rewriting, site: Site, output: string): void {
  const { values, scales, dims } = siteWeights(rewriting, site, site.weights[0]!);
  const channels = dims[0]!;
  const weights = rewriting.addTensor(`${site.name}/int8`, dims, values);
  const scale = rewriting.addTensor(`${site.name}/scale`, [1, channels, 1, 1], scales);
  const add = (suffix: string, operator: string, inputs: readonly string[], result?: string) =>
    rewriting.add(site.name, { suffix, operator, inputs, ...(result ? { output: result } : {}) });
  const input = addDynamicInput(rewriting, site);
  const { attributes } = site.node;
  const product = rewriting.add(site.name, {
    suffix: '',
    operator: 'ConvInteger',
    inputs: [input.bytes, weights, input.zero],
    attributes,
    output: `${site.name}/product`,
  });
  const float = rewriting.add(site.name, {
    suffix: 'Cast',
    operator: 'Cast',
    inputs: [product],
    attributes: { to: { kind: 'integer', value: 1 } },
  });
  const bias = site.node.inputs[2];
  const factor = add('factor', 'Mul', [input.scale, scale]);
  const scaled = add('Mul', 'Mul', [float, factor], bias ? undefined : output);
  if (!bias) return;
  const spread = rewriting.addTensor(`${site.name}/bias`, [1, channels, 1, 1], rewriting.floats(bias));
  add('Add', 'Add', [scaled, spread], output);
}

function addDynamicInput(rewriting: Rewriting, site: Site) {
  const name = `${site.name}/DynamicQuantizeLinear`;
  const [bytes, scale, zero] = ['bytes', 'byteScale', 'byteZero'].map((part) => `${name}/${part}`) as Three;
  rewriting.addNode(site.name, {
    name,
    operator: 'DynamicQuantizeLinear',
    domain: '',
    inputs: [site.input],
    outputs: [bytes, scale, zero],
    attributes: {},
  });
  return { bytes, scale, zero };
}
type Three = [string, string, string];
