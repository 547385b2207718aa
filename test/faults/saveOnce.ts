import { createLayout } from '../../src/nn/parameterLayout.ts';
import type { Executor, Snapshot } from '../../src/training/executor.ts';
import { createSaver } from '../../src/training/run/saver.ts';

/** A process that saves the checkpoints of one epoch's end, to be killed on the way: `saveOnce.ts <run> <step>`. */
const [runDirectory, step] = [process.argv[2]!, Number(process.argv[3])];
const made = createLayout();
made.parameter('weight', [64, 64], { fill: 0 });
const { layout } = made;
const filled = () => new Float32Array(layout.total).fill(step);
const snapshot: Snapshot = {
  parameters: filled(),
  buffers: new Float32Array(0),
  slots: { firstMoment: filled() },
  updates: step,
};
const saver = createSaver({
  runDirectory,
  layout,
  executor: { snapshot: async () => snapshot } as Partial<Executor> as Executor,
  stateNow: () => ({ progress: { step, epoch: step } }),
  nowMs: () => performance.now(),
  saved: () => undefined,
  keepEarlier: 2,
  failed: (message) => console.error(message),
  persist: (write) => write(),
});
await saver.save(['last', 'best'], { keep: [step - 1] });
await saver.finish();
