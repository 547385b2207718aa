import { secondsPerOutputFrame } from '../../asr/words.ts';
import { createFeatureExtractor, type FeatureExtractor } from '../../dsp/features.ts';
import { layoutParameters } from '../../nn/models/index.ts';
import { type StreamingReach, streamingReach } from '../../nn/models/streamingReach.ts';
import { buildStreamingGraph, streamingStates } from '../../nn/streamingGraph.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { type ModelMetadata, statisticsOf } from '../model/modelMetadata.ts';
import type { OpenedModel } from '../model/openModel.ts';
import type { StreamStates } from '../ort/protocol.ts';
import { type OrtClient, startOrtClient } from '../ortClient.ts';
import { createFrameSource } from './frameSource.ts';

/** A model ready to hear any number of streams, in one process. */
export interface StreamModel {
  readonly metadata: ModelMetadata;
  /** `streaming` carries its states from chunk to chunk; `segmented` decodes each chunk again with what is around it. */
  readonly mode: 'streaming' | 'segmented';
  /** Why it is segmented, with the remedy. */
  readonly problems: readonly Problem[];
  readonly secondsPerFrame: number;
  /** Of a streaming model. */
  readonly carried?: { reach: StreamingReach; firstStates(): StreamStates };
  readonly extractor: FeatureExtractor;
  readonly client: OrtClient;
  dispose(): Promise<void>;
}

/** Throws a UserError for a model whose CTC output was never trained: only CTC can be read as it comes. */
export async function openStreamModel(model: OpenedModel, threads: number): Promise<StreamModel> {
  const { metadata, source, experiment } = model;
  if (experiment?.loss.ctcWeight === 0)
    throw new UserError(`${source}: its CTC output was never trained (loss.ctcWeight 0), so it cannot be streamed`);
  if (metadata.features.type === 'waveform')
    throw new UserError(`${source}: its input is the waveform, which cannot be given to it window by window`);
  const extractor = await createFeatureExtractor(metadata.features);
  const problem = whySegmented(model, extractor);
  const reach = model.weights && streamingReach(model.weights.spec.config);
  const carried = problem || !reach ? undefined : { reach, firstStates: () => firstStates(model) };
  const client = startOrtClient();
  const { hopSamples, sampleRateHz } = metadata.features;
  const opened: StreamModel = {
    metadata,
    mode: carried ? 'streaming' : 'segmented',
    problems: problem ? [problem] : [],
    secondsPerFrame: secondsPerOutputFrame(metadata.timeStride, hopSamples, sampleRateHz),
    ...(carried ? { carried } : {}),
    extractor,
    client,
    dispose: () => client.dispose(),
  };
  try {
    if (carried) await client.call('openModel', streamingBytes(model), threads);
    else await client.call('openModel', model.bytes, threads, undefined, model.adapter);
    await warmUp(opened);
  } catch (error) {
    await client.dispose();
    throw error;
  }
  return opened;
}

/** The first run of a graph takes many times as long as the others; nobody is to wait for it who has begun to speak. */
async function warmUp(model: StreamModel): Promise<void> {
  const source = createFrameSource(model, 0);
  await source.push(new Float32Array(model.metadata.features.sampleRateHz));
}

/** The problem that keeps a model from streaming; undefined where nothing does. */
export function whySegmented({ weights, source }: OpenedModel, extractor: FeatureExtractor): Problem | undefined {
  const segmented = 'so each chunk is decoded again with what is around it: results are labelled "segmented"';
  const warn = (code: string, message: string): Problem => ({ code, severity: 'warning', message });
  if (!weights)
    return warn(
      'export-stream',
      `${source}: an exported graph carries no state, ${segmented}; give its run or a checkpoint to stream`,
    );
  const { type } = weights.spec.config;
  if (type === 'conformer')
    return warn(
      'conformer-stream',
      `${source}: a conformer looks at the whole utterance, ${segmented}; train a crnn with model.rnn.bidirectional: false to stream`,
    );
  if (!streamingReach(weights.spec.config))
    return warn(
      'bilstm-stream',
      `${source}: the model reads in both directions, ${segmented}; train with model.rnn.bidirectional: false to stream`,
    );
  try {
    extractor.stream();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return warn('features-not-streamable', `${source}: ${error.message.replace(/\.$/, '')}, ${segmented}`);
  }
  return undefined;
}

function streamingBytes(model: OpenedModel): Uint8Array {
  const { spec, parameters, buffers } = model.weights!;
  const statistics = statisticsOf(model.metadata);
  const layout = layoutParameters(spec);
  return buildStreamingGraph(spec, { layout, parameters, buffers, ...(statistics ? { statistics } : {}) });
}

function firstStates(model: OpenedModel): StreamStates {
  return Object.fromEntries(
    streamingStates(model.weights!.spec).map(({ name, shape }) => [
      name,
      { data: new Float32Array(shape.reduce((product, size) => product * size, 1)), shape },
    ]),
  );
}
