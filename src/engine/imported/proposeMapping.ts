import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ModelMapping, mappingFileOf, type ProposedMapping } from '../../shared/config/modelMappingSchema.ts';
import { exportFormat } from '../model/modelMetadata.ts';
import type { OnnxPort, OnnxSummary } from '../onnxTensors.ts';
import type { MappingDraft } from './mappingDraft.ts';
import { proposeFeatures } from './proposeFeatures.ts';
import { readMappingFile } from './readMappingFile.ts';
import { readTokensFile } from './tokensFile.ts';

/**
 * How an ONNX model seems to be read, each part with its reason: from its sidecar, from the metadata that NeMo's and
 * sherpa-onnx's exporters write, else from names and shapes. Throws a UserError for a sidecar that is no mapping.
 */
export async function proposeMapping(modelFile: string, summary: OnnxSummary): Promise<ProposedMapping> {
  const draft = createDraft(modelFile, summary);
  if (summary.metadata.format === exportFormat) return finish({ ...draft, source: 'asr-workbench' });
  const written = await readMappingFile(modelFile);
  if (written) return finish({ ...draft, source: 'sidecar', proposal: written });
  proposeInputs(draft, summary);
  proposeOutputs(draft, summary);
  await proposeVocabulary(draft, modelFile, summary);
  const fromMetadata = proposeFeatures(draft, summary);
  for (const key of ['input', 'output', 'vocabulary', 'timeStride', 'features'] as const)
    if (draft.proposal[key] === undefined && !draft.missing.includes(key)) draft.missing.push(key);
  return finish({ ...draft, source: fromMetadata ? 'metadata' : 'guess' });
}

function createDraft(modelFile: string, { ports, faults }: OnnxSummary): MappingDraft {
  const draft: MappingDraft = {
    source: 'guess',
    file: mappingFileOf(modelFile),
    proposal: {},
    reasons: {},
    missing: [],
    faults: [...faults],
    choices: ports,
    set(key, value, reason) {
      draft.proposal[key] = value;
      draft.reasons[key] = reason;
    },
  };
  return draft;
}

function finish({ set, ...proposed }: MappingDraft): ProposedMapping {
  return proposed;
}

const isFloat = ({ dtype }: OnnxPort) => dtype === 'float32';
const isWhole = ({ dtype }: OnnxPort) => dtype === 'int64' || dtype === 'int32';
const audioNames = /audio|input|feat|mel|wave|speech|signal|^x$/i;
const fewestBins = 13;
const mostBins = 512;

function proposeInputs(draft: MappingDraft, { ports: { inputs } }: OnnxSummary): void {
  const able = inputs.filter((port) => isFloat(port) && port.shape && port.shape.length >= 2 && port.shape.length <= 4);
  const chosen = able.find(({ name }) => audioNames.test(name)) ?? able[0];
  if (!chosen) {
    draft.faults.push('it has no float32 input of 2 to 4 axes that could take audio');
    return;
  }
  const { layout, reason } = layoutOf(chosen);
  if (layout) {
    draft.set('input', { name: chosen.name, layout }, `${whyChosen(chosen, able)}; ${reason}`);
  } else {
    draft.faults.push(reason);
    return;
  }
  const rank1 = inputs.filter((port) => isWhole(port) && port.shape?.length === 1);
  const lengths = rank1.find(({ name }) => /len/i.test(name)) ?? (rank1.length === 1 ? rank1[0] : undefined);
  draft.set(
    'inputLengths',
    lengths?.name ?? null,
    lengths ? 'whole numbers, one per row' : 'no input of whole numbers',
  );
  const rest = inputs.filter((port) => port !== chosen && port !== lengths);
  for (const { name } of rest)
    draft.faults.push(`its input "${name}" is neither audio nor lengths (a streaming state?)`);
}

function whyChosen({ name }: OnnxPort, able: readonly OnnxPort[]): string {
  return able.length === 1 ? 'its only float32 input' : `"${name}" sounds like audio`;
}

type Layout = ModelMapping['input']['layout'];

function layoutOf({ name, shape }: OnnxPort): { layout?: Layout; reason: string } {
  const [, second, third] = shape!;
  const isBins = (dim: number | string | undefined) => typeof dim === 'number' && dim >= fewestBins && dim <= mostBins;
  if (shape!.length === 2) return { layout: 'waveform', reason: 'two axes are [batch, samples]' };
  if (shape!.length === 4) {
    const fits = second === 1 || typeof second === 'string';
    return fits
      ? { layout: 'batch,1,bins,time', reason: 'four axes are [batch, 1, bins, time]' }
      : { reason: `its input "${name}" has ${second} channels; one is understood` };
  }
  if (isBins(second) && !isBins(third))
    return { layout: 'batch,bins,time', reason: `its second axis has ${second} bins` };
  if (isBins(third) && !isBins(second))
    return { layout: 'batch,time,bins', reason: `its third axis has ${third} bins` };
  if (name === 'audio_signal') return { layout: 'batch,bins,time', reason: "NeMo's name and layout" };
  return { layout: 'batch,time,bins', reason: 'the usual order of three open axes' };
}

function proposeOutputs(draft: MappingDraft, { ports: { inputs, outputs }, producers }: OnnxSummary): void {
  const able = outputs.filter((port) => isFloat(port) && (port.shape === null || port.shape.length === 3));
  const chosen = able.find(({ name }) => /log|prob|ctc/i.test(name)) ?? able[0];
  if (!chosen) {
    draft.faults.push('it has no float32 output of 3 axes, so none with a value per unit and frame');
    return;
  }
  const producer = producers[chosen.name];
  const kind =
    producer === 'LogSoftmax' ? 'logProbabilities' : producer === 'Softmax' ? 'probabilities' : ('logits' as const);
  const batchName = inputs.find(({ name }) => name === draft.proposal.input?.name)?.shape?.[0];
  const timeFirst = typeof batchName === 'string' && batchName !== '' && chosen.shape?.[1] === batchName;
  const layout = timeFirst ? 'time,batch,vocabulary' : 'batch,time,vocabulary';
  const by = producer ? `made by ${producer}` : 'its maker is unknown';
  draft.set(
    'output',
    { name: chosen.name, kind, layout },
    `${able.length === 1 ? 'its only float32 output of 3 axes' : 'named as CTC'}; ${by}`,
  );
  const lengths = outputs.find((port) => isWhole(port) && port.shape?.length === 1);
  draft.set(
    'outputLengths',
    lengths?.name ?? null,
    lengths ? 'whole numbers, one per row' : 'no output of whole numbers',
  );
}

const blankUnits = /^(<blk>|<blank>|<eps>|<pad>|\[pad\]|<ctc_blank>|<ctc>|<epsilon>)$/i;

async function proposeVocabulary(
  draft: MappingDraft,
  modelFile: string,
  { metadata, ports }: OnnxSummary,
): Promise<void> {
  const base = basename(modelFile).replace(/(\.int8|\.fp16)?\.onnx$/i, '');
  const names = ['tokens.txt', `${base}.tokens.txt`, `${base}-tokens.txt`, 'vocab.txt'];
  const tokens = names.find((name) => existsSync(join(dirname(modelFile), name)));
  const output = ports.outputs.find(({ name }) => name === draft.proposal.output?.name);
  const size = output?.shape?.at(draft.proposal.output?.layout === 'batch,vocabulary,time' ? 1 : -1);
  if (!tokens) {
    draft.reasons.vocabulary = `no list of units beside the model (${names.slice(0, 2).join(', ')}, …)${typeof size === 'number' ? `; it has ${size} units` : ''}`;
    proposeBlank(draft, [], metadata);
    return;
  }
  const units = await readTokensFile(modelFile, tokens);
  draft.set('vocabulary', { tokens }, `${tokens} beside the model, ${units.length} units`);
  if (typeof size === 'number' && size !== units.length)
    draft.faults.push(`${tokens} has ${units.length} units, the output "${output!.name}" has ${size}`);
  proposeBlank(draft, units, metadata);
  const letters = units.filter((unit) => !/^[<[].*[>\]]$/.test(unit)).join('');
  const sort = letters === letters.toLowerCase() ? 'lower' : letters === letters.toUpperCase() ? 'upper' : 'as-is';
  draft.set('case', sort, `as its units are written`);
  if (!letters.includes('▁') && units.includes('|')) draft.set('space', '|', 'a unit "|" and none with "▁"');
}

function proposeBlank(draft: MappingDraft, units: readonly string[], metadata: Readonly<Record<string, string>>): void {
  const found = units.findIndex((unit) => blankUnits.test(unit));
  if (found >= 0) {
    const last = found === units.length - 1;
    draft.set('blank', last ? 'last' : found, `unit "${units[found]}"`);
  } else if (metadata.model_type?.startsWith('EncDec')) draft.set('blank', 'last', "NeMo's blank comes last");
  else draft.set('blank', 0, 'no unit is named as a blank; the usual place is the first');
}
