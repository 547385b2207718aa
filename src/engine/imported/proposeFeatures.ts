import type { OnnxSummary } from '../onnxTensors.ts';
import type { MappingDraft } from './mappingDraft.ts';

/**
 * Features and time stride, from the metadata that sherpa-onnx's scripts write into exports of NeMo (`model_type`,
 * `vocab_size`, `subsampling_factor`, `normalize_type`), else from names. Returns whether it was the metadata.
 */
export function proposeFeatures(draft: MappingDraft, { metadata, ports }: OnnxSummary): boolean {
  const { model_type: modelType, subsampling_factor: factor, normalize_type: normalizeType } = metadata;
  const { input } = draft.proposal;
  const stride = Number(factor);
  if (Number.isSafeInteger(stride) && stride > 0)
    draft.set('timeStride', stride, `metadata subsampling_factor is ${factor}`);
  else draft.reasons.timeStride = 'no metadata subsampling_factor';
  if (input?.layout === 'waveform') {
    const wav2vec = input.name === 'input_values';
    const why = wav2vec ? "the name of wav2vec 2.0's input, which is normalised" : 'a waveform as it is';
    draft.set(
      'features',
      { sampleRateHz: 16_000, normalization: wav2vec ? 'utterance' : 'none' },
      `${why}, at the usual rate: check both`,
    );
    draft.missing.push('features');
    return false;
  }
  const nemo =
    modelType?.startsWith('EncDec') === true || normalizeType !== undefined || input?.name === 'audio_signal';
  const axis = { 'batch,1,bins,time': 2, 'batch,bins,time': 1, 'batch,time,bins': 2, waveform: 0 }[
    input?.layout ?? 'waveform'
  ];
  const bins = ports.inputs.find(({ name }) => name === input?.name)?.shape?.[axis];
  const mels = typeof bins === 'number' ? { mels: bins } : {};
  if (metadata.is_giga_am === '1') {
    draft.faults.push("GigaAM's features (metadata is_giga_am) are not supported");
    return true;
  }
  if (!nemo) {
    draft.set(
      'features',
      { ...mels, normalization: 'none' },
      'nothing says how it was trained: check type, mels and normalization',
    );
    draft.missing.push('features');
    return false;
  }
  const normalization = nemoNormalization(draft, normalizeType);
  const from = modelType?.startsWith('EncDec') ? `model_type ${modelType}` : 'its names';
  draft.set(
    'features',
    { type: 'nemo', ...mels, normalization },
    `NeMo's (${from}), normalize_type ${normalizeType || 'none'}`,
  );
  return modelType?.startsWith('EncDec') === true;
}

function nemoNormalization(draft: MappingDraft, normalizeType: string | undefined): 'utterance' | 'none' {
  if (normalizeType === undefined || normalizeType === 'per_feature') return 'utterance';
  if (normalizeType === '' || normalizeType === 'NA') return 'none';
  draft.faults.push(`features normalised as ${normalizeType} are not supported; per_feature and none are`);
  return 'none';
}
