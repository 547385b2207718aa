import { createModelMean } from './averaging.ts';
import { isBetter, reportOf } from './epochEnd.ts';
import type { ModelVectors } from './executor.ts';
import type { LoopTools } from './loopTools.ts';
import { ofFirst } from './ranks.ts';

/**
 * Averages the kept epochs, scores the result on the dev set, and saves it as `averaged`, and as `best` where it is
 * better. The executor has its own weights again afterwards. False when the run is to stop before the score is known.
 */
export async function averageEpochs(tools: LoopTools): Promise<boolean> {
  const { progress, ranks, control } = tools;
  if (progress.kept.length === 0 || progress.averagedEpoch === progress.epoch) return true;
  const startMs = tools.nowMs();
  const made = ranks.rank === 0 ? await average(tools) : undefined;
  const summary = made?.scores && { wer: made.scores.wer, loss: made.scores.loss };
  const decided = await ofFirst(ranks, { summary, stop: control.stopRequested });
  if (decided.stop && !decided.summary) return false;
  const best = decided.summary !== undefined && isBetter(progress, decided.summary.wer, decided.summary.loss);
  if (decided.summary && best) {
    const { wer, loss } = decided.summary;
    Object.assign(progress, { best: wer, bestLoss: Number.isFinite(loss) ? loss : null });
  }
  progress.averagedEpoch = progress.epoch;
  if (!made) return true;
  const { wer, cer, loss, samples } = made.scores
    ? reportOf(progress.epoch, made.scores)
    : { wer: null, cer: null, loss: null, samples: [] };
  const durationMs = tools.nowMs() - startMs;
  tools.emit({ kind: 'averaged', epochs: made.epochs, wer, cer, loss, samples, best, durationMs });
  await tools.save(best ? ['averaged', 'best'] : ['averaged'], { average: made.model });
  await tools.save(['last']);
  return true;
}

/** Undefined when no epoch can be read. */
async function average(tools: LoopTools) {
  const mean = createModelMean();
  const epochs: number[] = [];
  for (const epoch of tools.progress.kept.map((kept) => kept.epoch).sort((a, b) => a - b)) {
    const model = await tools.readEpoch(epoch);
    if (!model) continue;
    mean.add(model);
    epochs.push(epoch);
  }
  if (epochs.length === 0) return undefined;
  const model = mean.result();
  return { model, epochs, scores: await score(tools, model) };
}

async function score({ executor, evaluate }: LoopTools, model: ModelVectors) {
  const own = await executor.snapshot();
  await executor.restore({ ...own, ...model });
  try {
    return await evaluate();
  } finally {
    await executor.restore(own);
  }
}
