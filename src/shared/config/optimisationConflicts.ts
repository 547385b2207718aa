import type { Conflict } from './conflicts.ts';
import type { Experiment } from './schema.ts';

/** What the keys of optimizer, schedule and training demand of each other and of the data. */
export function* optimisationConflicts(experiment: Experiment): Generator<Conflict> {
  yield* rateConflicts(experiment);
  yield* averageConflicts(experiment);
  yield* devConflicts(experiment);
}

function* rateConflicts({ optimizer, schedule }: Experiment): Generator<Conflict> {
  if (optimizer.type === 'sgd' && optimizer.nesterov && optimizer.momentum === 0) {
    const message =
      'optimizer.nesterov needs momentum; set optimizer.momentum, for example to 0.9, or nesterov to false';
    yield { path: ['optimizer', 'nesterov'], others: [['optimizer', 'momentum']], message };
  }
  const lowers = schedule.type === 'cosineWarmRestarts' || schedule.type === 'plateau';
  if (lowers && schedule.minLearningRate > optimizer.learningRate) {
    const message = `schedule.minLearningRate is ${schedule.minLearningRate}, above optimizer.learningRate (${optimizer.learningRate}), which is the highest rate; lower it`;
    yield { path: ['schedule', 'minLearningRate'], others: [['optimizer', 'learningRate']], message };
  }
}

function* averageConflicts({ training }: Experiment): Generator<Conflict> {
  const { averageLast, averageBest, emaDecay, epochs } = training;
  for (const [key, count] of Object.entries({ averageLast, averageBest })) {
    if (count > epochs) {
      const message = `training.${key} is ${count}, more than training.epochs (${epochs}); average at most ${epochs} epochs`;
      yield { path: ['training', key], others: [['training', 'epochs']], message };
    }
    if (count > 0 && emaDecay > 0) {
      const message = `training.${key} and training.emaDecay both average the weights, and an average of averages is neither; set one of them to 0`;
      yield { path: ['training', key], others: [['training', 'emaDecay']], message };
    }
  }
  if (averageLast > 0 && averageBest > 0) {
    const message =
      'training.averageLast and training.averageBest name different epochs to average; set one of them to 0';
    yield { path: ['training', 'averageBest'], others: [['training', 'averageLast']], message };
  }
}

function* devConflicts({ data, schedule, training }: Experiment): Generator<Conflict> {
  if (data.dev.length > 0) return;
  const needs = 'is decided by the error rate on data.dev, which is empty; add a dev manifest';
  if (schedule.type === 'plateau')
    yield { path: ['schedule', 'type'], message: `schedule.type plateau ${needs}, or take another schedule` };
  if (training.earlyStopEpochs > 0)
    yield { path: ['training', 'earlyStopEpochs'], message: `training.earlyStopEpochs ${needs}, or set it to 0` };
  if (training.averageBest > 0)
    yield { path: ['training', 'averageBest'], message: `training.averageBest ${needs}, or use averageLast` };
}
