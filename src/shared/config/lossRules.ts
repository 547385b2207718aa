import type { ConfigRule } from './lintExperiment.ts';

/** What is unwise about the loss and its decoder though it would run. */
export const lossRules: readonly ConfigRule[] = [
  {
    code: 'decoder-untrained',
    severity: 'warning',
    finds: 'an attention decoder that has no share in the loss',
    check: ({ model, loss }) =>
      model.attention.enabled && loss.ctcWeight === 1
        ? {
            path: ['model', 'attention', 'enabled'],
            message:
              'loss.ctcWeight is 1, so the attention decoder is never trained and only takes up memory; give it a share, such as loss.ctcWeight 0.3, or leave it out',
            set: { 'loss.ctcWeight': '0.3' },
          }
        : undefined,
  },
  {
    code: 'ctc-smoothing',
    severity: 'info',
    finds: 'label smoothing where CTC is part of the loss, which has no label per frame to smooth',
    check({ loss: { ctcWeight, labelSmoothing } }) {
      if (labelSmoothing === 0 || ctcWeight === 0) return undefined;
      const done =
        ctcWeight === 1
          ? `the loss is ${Number((1 - labelSmoothing).toFixed(4))}·CTC + ${labelSmoothing}·KL(uniform ‖ output) summed over the valid frames`
          : 'only the cross-entropy of the decoder is smoothed';
      return {
        path: ['loss', 'labelSmoothing'],
        message: `CTC has no label per frame that could be smoothed: ${done}`,
      };
    },
  },
];
