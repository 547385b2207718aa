import { describe, expect, it } from 'vitest';
import { ranksTogether } from '../../test/ranksTogether.ts';
import { scriptLoop } from '../../test/scriptLoop.ts';
import type { StepResult } from './executor.ts';
import { trainingLoop } from './loop.ts';
import type { LoopEvent } from './loopTools.ts';

const falling = [0.5, 0.4, 0.3].map((wer) => ({ wer, loss: 1 }));

describe('trainingLoop', () => {
  it('trains each batch once per epoch, scores, and keeps last and best', async () => {
    const { tools, log, events, saves } = scriptLoop({ scores: [falling[1]!, falling[0]!, falling[2]!] });
    expect(await trainingLoop(tools)).toBe('done');
    expect(log.filter((line) => line.startsWith('step'))).toHaveLength(12);
    expect(saves()).toEqual(['save last+best at 4', 'save last at 8', 'save last+best at 12']);
    expect(events.flatMap((event) => (event.kind === 'evaluated' ? [event.best] : []))).toEqual([true, false, true]);
  });

  it('gives a device several steps at once, with the rates and events of single steps', async () => {
    const rates = (events: readonly LoopEvent[]) =>
      events.flatMap((event) => (event.kind === 'step' ? [event.learningRate] : []));
    const single = scriptLoop({ scores: falling, batches: 5 });
    await trainingLoop(single.tools);
    const joined = scriptLoop({ scores: falling, batches: 5, batchesPerRun: 2 });
    await trainingLoop(joined.tools);
    expect(joined.log.slice(0, 9)).toEqual(
      ['run of 2', 'step 0: u0', 'step 1: u1', 'run of 2', 'step 2: u2', 'step 3: u3', 'step 4: u4'].concat(
        'save last+best at 5',
        'run of 2',
      ),
    );
    expect(rates(joined.events)).toEqual(rates(single.events));
    const durations = joined.events.flatMap((event) => (event.kind === 'step' ? [event.durationMs] : []));
    expect(new Set(durations)).toEqual(new Set([5000]));
    const stopped = scriptLoop({
      batches: 5,
      batchesPerRun: 2,
      onStep: (tools, step) => step === 2 && tools.control.request('stop'),
    });
    expect(await trainingLoop(stopped.tools)).toBe('stopped');
    expect(stopped.tools.progress).toMatchObject({ step: 4, cursor: 4 });
  });

  it('tells the profiler when steps begin and end, with nothing between them but steps', async () => {
    const { tools, log } = scriptLoop({ scores: falling, batches: 3, batchesPerRun: 2, training: { epochs: 2 } });
    tools.profiler = {
      stepBegins: async (step) => void log.push(`begins ${step}`),
      stepsEnded: async (step) => void log.push(`ended ${step}`),
    };
    await trainingLoop(tools);
    expect(log.slice(0, 11)).toEqual(
      ['begins 1', 'run of 2', 'step 0: u0', 'step 1: u1', 'ended 2', 'begins 3', 'step 2: u2', 'ended 3'].concat(
        // The epoch ends without a third run.
        ['begins 4', 'save last+best at 3', 'begins 4'],
      ),
    );
  });

  it('takes no further step while the disk refuses, and ends with what it says', async () => {
    const waiting = scriptLoop({
      scores: falling,
      onSettled: async ({ progress }) => {
        if (progress.step === 3) throw new Error('read-only');
      },
    });
    await expect(trainingLoop(waiting.tools)).rejects.toThrow('read-only');
    expect(waiting.log.filter((line) => line.startsWith('step'))).toHaveLength(3);
  });

  it('goes on from the middle of an epoch', async () => {
    const { tools, log } = scriptLoop({ scores: falling });
    Object.assign(tools.progress, { step: 6, epoch: 1, cursor: 2, best: 0.6, bestLoss: 1 });
    await trainingLoop(tools);
    expect(log.slice(0, 3)).toEqual(['step 6: u2', 'step 7: u3', 'save last+best at 8']);
  });

  it('scores an epoch whose last batch was trained before a crash', async () => {
    const { tools, log } = scriptLoop({ scores: falling });
    Object.assign(tools.progress, { step: 4, epoch: 0, cursor: 4 });
    await trainingLoop(tools);
    expect(log.slice(0, 2)).toEqual(['save last+best at 4', 'step 4: u0']);
  });

  it('prefers the lower dev loss among epochs of one WER', async () => {
    const scores = [3, 2, 2.5].map((loss) => ({ wer: 1, loss }));
    const { tools, saves } = scriptLoop({ scores });
    await trainingLoop(tools);
    expect(saves()).toEqual(['save last+best at 4', 'save last+best at 8', 'save last at 12']);
  });

  it('stops early when the dev set gets no better', async () => {
    const scores = [0.5, 0.6, 0.5, 0.7, 0.1].map((wer) => ({ wer, loss: 1 }));
    const { tools, saves } = scriptLoop({ scores, training: { epochs: 5, earlyStopEpochs: 3 } });
    expect(await trainingLoop(tools)).toBe('done');
    expect(saves()).toHaveLength(4);
  });

  it('chooses the best by training loss without a dev set', async () => {
    const { tools, saves } = scriptLoop({ result: (step) => ({ loss: step >= 4 && step < 8 ? 5 : 1 - step / 100 }) });
    await trainingLoop(tools);
    expect(saves()).toEqual(['save last+best at 4', 'save last at 8', 'save last+best at 12']);
  });

  it('accumulates batches, the rest of an epoch in a smaller step', async () => {
    const { tools, log } = scriptLoop({ scores: falling, batches: 5, training: { epochs: 1, accumulate: 2 } });
    await trainingLoop(tools);
    expect(log).toEqual(['step 0: u0+u1', 'step 1: u2+u3', 'step 2: u4', 'save last+best at 3']);
  });

  it('saves when asked, and when much time has passed', async () => {
    const asked = scriptLoop({
      scores: falling,
      training: { epochs: 1 },
      onStep: (tools, step) => step === 1 && tools.control.request('checkpoint'),
    });
    await trainingLoop(asked.tools);
    expect(asked.saves()).toEqual(['save last at 2', 'save last+best at 4']);
    const timed = scriptLoop({ scores: falling, batches: 9, training: { epochs: 1, checkpointEverySec: 12 } });
    await trainingLoop(timed.tools);
    expect(timed.saves()).toEqual(['save last at 3', 'save last at 6', 'save last at 9', 'save last+best at 9']);
  });

  it('finishes the step, saves and ends when told to stop; the epoch stays open', async () => {
    const { tools, log } = scriptLoop({
      scores: falling,
      onStep: (own, step) => step === 5 && own.control.request('stop'),
    });
    expect(await trainingLoop(tools)).toBe('stopped');
    expect(log.at(-1)).toBe('save last at 6');
    expect(tools.progress).toMatchObject({ epoch: 1, cursor: 2, step: 6 });
  });

  it('leaves an epoch unscored when told to stop during its evaluation', async () => {
    const { tools, events } = scriptLoop({ scores: falling, onEvaluate: (own) => own.control.request('stop') });
    expect(await trainingLoop(tools)).toBe('stopped');
    expect(tools.progress).toMatchObject({ epoch: 0, cursor: 4 });
    expect(events.some((event) => event.kind === 'evaluated')).toBe(false);
  });

  it('waits while paused, and tells', async () => {
    const { tools, log, events } = scriptLoop({
      scores: falling,
      onStep: (own, step) => step === 2 && own.control.request('pause'),
    });
    await trainingLoop(tools);
    expect(log.indexOf('waited')).toBe(3);
    expect(events.flatMap((event) => (event.kind === 'paused' ? [event.paused] : []))).toEqual([true, false]);
  });

  it('names utterances whose loss is not finite and gives up after ten in a row, not ten in all', async () => {
    const bad: Partial<StepResult> = { updated: false, utteranceLosses: Float32Array.of(Number.NaN) };
    const now = scriptLoop({ scores: falling, batches: 30, result: (step) => (step % 10 === 9 ? {} : bad) });
    expect(await trainingLoop(now.tools)).toBe('done');
    expect(now.events.find((event) => event.kind === 'batchSkipped')).toMatchObject({ utterances: ['u0'] });
    const lost = scriptLoop({ scores: falling, batches: 30, result: (step) => (step > 4 ? bad : {}) });
    await expect(trainingLoop(lost.tools)).rejects.toThrow(/10 batches in a row, the last with u14/);
    expect(lost.events.filter((event) => event.kind === 'batchSkipped')).toHaveLength(10);
  });

  it('lowers the rate where the dev set gets no better (plateau)', async () => {
    const scores = [0.5, 0.6, 0.6, 0.4].map((wer) => ({ wer, loss: 1 }));
    const schedule = { type: 'plateau', patienceEpochs: 1, factor: 0.1 };
    const { tools, events } = scriptLoop({ scores, schedule, batches: 1, training: { epochs: 4 } });
    await trainingLoop(tools);
    const rates = events.flatMap((event) => (event.kind === 'step' ? [event.learningRate] : []));
    expect(rates).toEqual([1e-3, 1e-3, 1e-3, 1e-4]);
  });

  it('restarts the rate with the epoch and its share (cosineWarmRestarts)', async () => {
    const schedule = { type: 'cosineWarmRestarts', t0Epochs: 1, tMult: 1 };
    const { tools, events } = scriptLoop({ scores: falling, schedule, batches: 4, training: { accumulate: 2 } });
    await trainingLoop(tools);
    const rates = events.flatMap((event) => (event.kind === 'step' ? [event.learningRate] : []));
    expect(rates).toEqual([1e-3, 5e-4, 1e-3, 5e-4, 1e-3, 5e-4]);
    const restarts = events.filter((event) => event.kind === 'guard' && event.code === 'warm-restart');
    expect(restarts.map((event) => 'epoch' in event && event.epoch)).toEqual([1, 2]);
  });

  it('tells how large gradients were in each epoch', async () => {
    const { tools, events } = scriptLoop({ scores: falling, result: (step) => ({ gradientNorm: step / 4 }) });
    await trainingLoop(tools);
    const norms = events.filter((event) => event.kind === 'gradientNorms');
    expect(norms).toHaveLength(3);
    expect(norms[1]).toMatchObject({ epoch: 1, steps: 4, p50: 1.375, clippedShare: 0.75 });
  });

  it('tells of each step which utterances it took, and how they share its gradient', async () => {
    const result = (step: number): Partial<StepResult> => ({
      utteranceLosses: Float32Array.of(2, step === 1 ? Number.NaN : 4),
      updated: step !== 1,
      ...(step === 2 ? {} : { utteranceGradients: Float32Array.of(3, step === 1 ? Number.NaN : 1) }),
    });
    const { tools, batches, events } = scriptLoop({ batches: 6, training: { epochs: 1, accumulate: 2 }, result });
    await trainingLoop(tools);
    expect(batches.map(({ step, epoch }) => [step, epoch])).toEqual([1, 2, 3].map((step) => [step, 0]));
    const place = { manifest: '/train.jsonl', durationSec: 0.5, frames: 4, tokens: 1 };
    expect(batches[0]!.utterances).toEqual([
      { audioFilepath: 'u0', line: 1, loss: 2, gradientShare: 0.75, ...place },
      { audioFilepath: 'u1', line: 2, loss: 4, gradientShare: 0.25, ...place },
    ]);
    expect(batches[1]!.utterances.map(({ loss, gradientShare }) => [loss, gradientShare])).toEqual([
      [2, undefined],
      [null, undefined],
    ]);
    expect(events.find((event) => event.kind === 'batchSkipped')).toMatchObject({ utterances: ['u3'] });
    expect(batches[2]!.utterances.map(({ gradientShare }) => gradientShare)).toEqual([undefined, undefined]);
  });

  it('keeps a step that is not finite, once per episode', async () => {
    const bad: Partial<StepResult> = { updated: false, utteranceLosses: Float32Array.of(Number.NaN) };
    const isBad = (step: number) => [3, 4, 30].includes(step);
    const { tools, log, events } = scriptLoop({
      scores: falling,
      batches: 20,
      result: (step) => (isBad(step) ? bad : {}),
    });
    await trainingLoop(tools);
    expect(log.filter((line) => line.startsWith('replay'))).toEqual(['replay u3 at 3', 'replay u10 at 30']);
    const raised = events.filter((event) => event.kind === 'guard' && event.code === 'non-finite');
    expect(raised[0]).toMatchObject({ code: 'non-finite', utterances: ['u3'], replay: 'replay/step-3' });
    expect(raised).toHaveLength(2);
  });

  describe('averaging', () => {
    it('averages the last epochs at the end, and lets the better model be the best', async () => {
      const scores = [...falling, { wer: 0.25, loss: 1 }];
      const { tools, log, events, saves, weightNow } = scriptLoop({ scores, training: { averageLast: 2 } });
      expect(await trainingLoop(tools)).toBe('done');
      expect(
        saves()
          .slice(0, 3)
          .map((line) => line.split(', ')[1]),
      ).toEqual(['keep 0', 'keep 0 1', 'keep 1 2']);
      // Weights 8 and 12 after the last two epochs.
      expect(saves().slice(3)).toEqual(['save averaged+best at 12 of 10', 'save last at 12']);
      expect(weightNow()).toBe(12);
      const averaged = events.find((event) => event.kind === 'averaged');
      expect(averaged).toMatchObject({ epochs: [1, 2], wer: 0.25, best: true });
      expect(tools.progress.best).toBe(0.25);
      log.length = 0;
      await trainingLoop(tools);
      expect(log).toEqual([]);
    });

    it('averages the best epochs, and keeps the best when it is better', async () => {
      const scores = [falling[1]!, falling[2]!, falling[0]!, { wer: 0.35, loss: 1 }];
      const { tools, events, saves } = scriptLoop({ scores, training: { averageBest: 2 } });
      await trainingLoop(tools);
      expect(saves().slice(-3)).toEqual(['save last at 12, keep 1 0', 'save averaged at 12 of 6', 'save last at 12']);
      const averaged = events.find((event) => event.kind === 'averaged');
      expect(averaged).toMatchObject({ epochs: [0, 1], best: false });
      expect(tools.progress.best).toBe(0.3);
    });

    it('averages without a dev set, unscored', async () => {
      const { tools, events, saves } = scriptLoop({ training: { averageLast: 3 } });
      await trainingLoop(tools);
      expect(saves().at(-2)).toBe('save averaged at 12 of 8');
      expect(events.find((event) => event.kind === 'averaged')).toMatchObject({ wer: null, best: false });
    });

    it('leaves it to the next start when told to stop meanwhile', async () => {
      let evaluations = 0;
      const { tools, weightNow, saves } = scriptLoop({
        scores: falling,
        training: { averageLast: 2 },
        onEvaluate: (own) => ++evaluations === 4 && own.control.request('stop'),
      });
      expect(await trainingLoop(tools)).toBe('stopped');
      expect(saves()).toHaveLength(3);
      expect(weightNow()).toBe(12);
      expect(tools.progress.averagedEpoch).toBe(null);
    });
  });

  it('several ranks take their own batches, follow the first and end where it does', async () => {
    const [first, second] = ranksTogether(2).map((ranks) => {
      const scores = ranks.rank === 0 ? falling : [];
      // Four utterances in each step, whoever computes them.
      const made = scriptLoop({ batches: 6, scores, result: () => ({ utterances: 4 }) });
      made.tools.ranks = ranks;
      return made;
    }) as [ReturnType<typeof scriptLoop>, ReturnType<typeof scriptLoop>];
    const stopAt = (step: number) => {
      const { step: compute } = first.tools.executor;
      first.tools.executor.step = (batches, options) => {
        if (options.step === step) first.tools.control.request('stop');
        return compute(batches, options);
      };
    };
    stopAt(4);
    expect(await Promise.all([trainingLoop(first.tools), trainingLoop(second.tools)])).toEqual(['stopped', 'stopped']);
    const steps = ({ log }: typeof first) => log.filter((line) => line.startsWith('step'));
    expect(steps(first)).toEqual(['step 0: u0', 'step 1: u2', 'step 2: u4', 'step 3: u0', 'step 4: u2']);
    expect(steps(second)).toEqual(['step 0: u1', 'step 1: u3', 'step 2: u5', 'step 3: u1', 'step 4: u3']);
    expect(second.tools.progress).toEqual(first.tools.progress);
    expect(first.tools.progress).toMatchObject({ epoch: 1, cursor: 4, best: 0.5, epochUtterances: 8 });
    const [event] = first.events.filter(({ kind }) => kind === 'step');
    expect(event).toMatchObject({ utterances: 4, audioSec: 2 });
    expect(first.batches[0]!.utterances.map(({ audioFilepath }) => audioFilepath)).toEqual(['u0', 'u1']);
  });
});
