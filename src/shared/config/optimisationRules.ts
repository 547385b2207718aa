import type { ConfigFinding, ConfigRule } from './lintExperiment.ts';
import { cycleEndsAround } from './restartCycles.ts';
import type { Experiment } from './schema.ts';
import type { ConfigPath } from './yamlSource.ts';

/** What is unwise in optimizer, schedule and training. */
export const optimisationRules: readonly ConfigRule[] = [
  {
    code: 'restart-phase',
    severity: 'warning',
    finds: 'a number of epochs that ends in the middle of a cosine cycle, where the learning rate is still high',
    check: checkRestartPhase,
  },
  {
    code: 'unused-key',
    severity: 'warning',
    finds: 'a key that does nothing with the chosen optimizer or schedule',
    check: findUnusedKeys,
  },
];

function checkRestartPhase({ schedule, training }: Experiment): ConfigFinding | undefined {
  if (schedule.type !== 'cosineWarmRestarts') return undefined;
  const { t0Epochs, tMult } = schedule;
  const { epochs } = training;
  if (t0Epochs > epochs)
    return {
      path: ['schedule', 't0Epochs'],
      message: `the first cycle of cosineWarmRestarts has ${t0Epochs} epochs, but training ends after ${epochs}: the rate never reaches its lowest; set t0Epochs to at most ${epochs}`,
      set: { 'schedule.t0Epochs': String(epochs) },
    };
  const { before, after } = cycleEndsAround(schedule, epochs);
  if (before === epochs) return undefined;
  return {
    path: ['training', 'epochs'],
    message: `${epochs} epochs end in the middle of a cycle of cosineWarmRestarts (t0Epochs ${t0Epochs}, tMult ${tMult}), where the rate is still high; cycles end after ${before} and ${after} epochs`,
    set: { 'training.epochs': String(after) },
  };
}

type ScheduleType = Experiment['schedule']['type'];
const cosine: ScheduleType[] = ['cosineWarmRestarts'];
const plateau: ScheduleType[] = ['plateau'];

/** Schedules that read a key. */
const scheduleKeys: Record<Exclude<keyof Experiment['schedule'], 'type'>, ScheduleType[]> = {
  warmupFraction: ['oneCycle', 'warmup'],
  t0Epochs: cosine,
  tMult: cosine,
  per: cosine,
  minLearningRate: ['cosineWarmRestarts', 'plateau'],
  factor: plateau,
  patienceEpochs: plateau,
  threshold: plateau,
};

function findUnusedKeys(
  { schedule, optimizer }: Experiment,
  isWritten: (path: ConfigPath) => boolean,
): ConfigFinding | undefined {
  const unused: { path: ConfigPath; users: string }[] = [];
  for (const [key, types] of Object.entries(scheduleKeys))
    if (!types.includes(schedule.type))
      unused.push({ path: ['schedule', key], users: `schedule ${types.join(' or ')}` });
  if (optimizer.type !== 'sgd')
    for (const key of ['momentum', 'nesterov']) unused.push({ path: ['optimizer', key], users: 'optimizer sgd' });
  const written = unused.filter(({ path }) => isWritten(path));
  if (written.length === 0) return undefined;
  const list = written.map(({ path, users }) => `${path.join('.')} (only ${users} reads it)`).join(', ');
  const chosen = `optimizer ${optimizer.type}, schedule ${schedule.type}`;
  return { path: written[0]!.path, message: `does nothing with ${chosen}: ${list}` };
}
