import { updatePlateau } from '../nn/schedules.ts';
import { keepEpoch } from './averaging.ts';
import type { Scores } from './evaluate.ts';
import type { LoopTools, TrainingProgress } from './loopTools.ts';
import { ofFirst } from './ranks.ts';

/** Scores the epoch and moves on to the next; false when the run is to stop before the score is known. */
export async function finishEpoch(tools: LoopTools): Promise<'best' | 'ended' | false> {
  const { progress, experiment, guards } = tools;
  const startMs = tools.nowMs();
  const scores = await tools.evaluate();
  const summary = scores && { wer: scores.wer, loss: scores.loss };
  const decided = await ofFirst(tools.ranks, { summary, stop: tools.control.stopRequested });
  if (decided.stop && !decided.summary) return false;
  const trainLoss = progress.epochLoss / Math.max(1, progress.epochUtterances);
  const [metric, loss] = decided.summary ? [decided.summary.wer, decided.summary.loss] : [trainLoss, trainLoss];
  const best = isBetter(progress, metric, loss);
  const { epoch } = progress;
  if (scores) tools.emit({ kind: 'evaluated', ...reportOf(epoch, scores), best, durationMs: tools.nowMs() - startMs });
  const stored = Number.isFinite(loss) ? loss : null;
  if (best) Object.assign(progress, { best: metric, bestLoss: stored });
  progress.epochsSinceBest = best ? 0 : progress.epochsSinceBest + 1;
  const { schedule, optimizer, training } = experiment;
  if (schedule.type === 'plateau') progress.plateau = updatePlateau(schedule, optimizer, progress.plateau, metric);
  if (training.averageLast + training.averageBest > 0)
    progress.kept = keepEpoch(progress.kept, { epoch, metric, loss: stored }, training);
  const norms = guards.takeNorms();
  if (norms) tools.emit({ kind: 'gradientNorms', epoch, ...norms });
  const hypotheses = scores?.utterances.map(({ hypothesis }) => hypothesis);
  const ended = { epoch, step: progress.step, trainLoss, ...(hypotheses ? { hypotheses } : {}) };
  for (const finding of guards.epochEnded(ended)) tools.emit({ kind: 'guard', epoch, ...finding });
  Object.assign(progress, { epoch: epoch + 1, cursor: 0, epochLoss: 0, epochUtterances: 0 });
  return best ? 'best' : 'ended';
}

/** Whether an epoch beats the best so far: by dev WER, then by loss, as nothing is recognised at first. */
export function isBetter({ best, bestLoss }: TrainingProgress, metric: number, loss: number): boolean {
  return best === null || metric < best || (metric === best && loss < (bestLoss ?? loss));
}

const sampleCount = 8;

/** What events tell of an evaluation. */
export function reportOf(epoch: number, scores: Scores) {
  // The same few utterances each time, spread over short and long ones, so that a reader sees them improve.
  const ordered = [...scores.utterances].sort((a, b) => (a.example.key < b.example.key ? -1 : 1));
  const stride = Math.max(1, Math.floor(ordered.length / sampleCount));
  const samples = ordered
    .filter((_, i) => i % stride === 0)
    .slice(0, sampleCount)
    .map(({ example, hypothesis }) => ({ audioFilepath: example.audioFilepath, reference: example.text, hypothesis }));
  const { wer, cer } = scores;
  return { epoch, wer, cer, loss: Number.isFinite(scores.loss) ? scores.loss : 0, samples };
}
