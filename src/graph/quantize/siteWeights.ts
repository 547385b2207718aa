import { elementCount, type FileTensor, integerAttribute } from '../onnx/modelFile.ts';
import { type QuantizedWeights, quantizeWeights } from './quantizeWeights.ts';
import type { Rewriting } from './rewriting.ts';
import type { Site } from './sites.ts';

/** Weights of a site with a scale per output channel (per gate unit of a recurrent layer), in the shape they had. */
export function siteWeights(
  rewriting: Rewriting,
  site: Site,
  name: string,
): QuantizedWeights & { dims: readonly number[]; scaleDims: readonly number[] } {
  const tensor = rewriting.tensor(name);
  const { inner, channels, scaleDims } = channelsOf(site, tensor);
  const channelOf = (index: number) => Math.floor(index / inner) % channels;
  return { ...quantizeWeights(rewriting.floats(name), channels, channelOf), dims: tensor.dims, scaleDims };
}

/** Elements between two of neighbouring channels, and the shape in which the scales meet the weights. */
function channelsOf(site: Site, { dims }: FileTensor): { inner: number; channels: number; scaleDims: number[] } {
  if (site.kind === 'Conv')
    return { inner: elementCount(dims.slice(1)), channels: dims[0]!, scaleDims: [dims[0]!, 1, 1, 1] };
  if (site.kind === 'LSTM' || site.kind === 'GRU')
    return { inner: dims[2]!, channels: dims[0]! * dims[1]!, scaleDims: [dims[0]!, dims[1]!, 1] };
  if (isTransposed(site)) return { inner: dims[1]!, channels: dims[0]!, scaleDims: [dims[0]!, 1] };
  return { inner: 1, channels: dims[1]!, scaleDims: [1, dims[1]!] };
}

/** Whether a matrix is stored [outputs, inputs]. */
export const isTransposed = ({ kind, node }: Site): boolean =>
  kind === 'Gemm' && integerAttribute(node, 'transB', 0) === 1;

/** `values` [blocks, rows, columns] → [blocks, columns, rows]. */
export function transposeBlocks(values: Int8Array, blocks: number, rows: number, columns: number): Int8Array {
  const result = new Int8Array(values.length);
  for (let block = 0; block < blocks; block++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        result[(block * columns + column) * rows + row] = values[(block * rows + row) * columns + column]!;
  return result;
}
