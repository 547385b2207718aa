import { addErrors, characterErrors, errorRate, NO_ERRORS, wordErrors } from '../../asr/errorRate.ts';
import { UserError } from '../../shared/problem.ts';
import type { StreamEvent } from '../../shared/streaming/streamEvents.ts';
import type { ExampleSet } from '../../training/data/examples.ts';
import { createFeaturePool } from '../../training/data/featurePool.ts';
import type { ModelMetadata } from '../model/modelMetadata.ts';
import type { OpenedModel } from '../model/openModel.ts';
import { loadScored, type Measured, noAugmentation } from '../model/scoreManifest.ts';
import type { Terminal } from '../terminal.ts';
import { workerFile } from '../workerFiles.ts';
import type { ReplaySettings } from './replayFile.ts';
import { type StreamedRecording, streamRecordings } from './streamRecordings.ts';

/** Error rates of a manifest's utterances, each heard chunk by chunk. Undefined when interrupted. */
export async function scoreStream(
  model: OpenedModel,
  manifest: string,
  settings: ReplaySettings & { threads: number },
  terminal: Terminal,
): Promise<Measured | undefined> {
  const set = await loadUtterances(model.metadata, manifest);
  for (const problem of set.problems) terminal.report(problem);
  let stopped = false;
  const release = terminal.onInterrupt(() => {
    stopped = true;
  });
  const tell = (event: StreamEvent) => {
    if (event.event === 'problem') terminal.report(event.problem);
    if (event.event === 'file') terminal.progress(`streaming ${event.index}/${event.files}`);
  };
  const startMs = performance.now();
  const streamed = await streamRecordings(model, recordingsOf(set), settings, tell, () => stopped).finally(release);
  terminal.progress('');
  if (!streamed) return undefined;
  const heard = set.examples.flatMap((example, i) => {
    const file = streamed.files[i];
    return file ? [{ example, hypothesis: file.text, words: wordErrors(example.text, file.text) }] : [];
  });
  const words = heard.reduce((sum, utterance) => addErrors(sum, utterance.words), NO_ERRORS);
  const characters = heard.reduce(
    (sum, { example, hypothesis }) => addErrors(sum, characterErrors(example.text, hypothesis)),
    NO_ERRORS,
  );
  const scores = { wer: errorRate(words), cer: errorRate(characters), words, loss: Number.NaN, utterances: heard };
  return {
    metadata: model.metadata,
    source: `${model.source} (${streamed.mode}, chunks of ${settings.chunkMs} ms)`,
    scores,
    seconds: (performance.now() - startMs) / 1000,
    audioSec: streamed.summary.audioSec,
    skipped: set.skipped + set.examples.length - heard.length,
    excluded: set.excluded,
    problems: [...set.problems],
    snrDb: new Map(),
  };
}

/** Throws a UserError when none can be heard. */
export async function loadUtterances(metadata: ModelMetadata, manifest: string): Promise<ExampleSet> {
  const pool = createFeaturePool(workerFile('feature'), 1, {
    spec: metadata.features,
    augment: noAugmentation,
    seed: 0,
  });
  try {
    const set = await loadScored(metadata, manifest, pool);
    if (set.examples.length === 0) throw new UserError(`${manifest}: no utterance to evaluate`, set.problems);
    return set;
  } finally {
    await pool.dispose();
  }
}

export const recordingsOf = ({ examples }: ExampleSet): StreamedRecording[] =>
  examples.map(({ audioFilepath, range, text, manifest, line }) => ({
    name: audioFilepath,
    range,
    reference: text,
    place: { file: manifest, line },
  }));
