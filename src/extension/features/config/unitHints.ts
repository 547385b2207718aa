import * as vscode from 'vscode';
import { toRange } from './ranges.ts';

/** `hopSamples: 160` is followed by `= 10 ms`: what numbers of samples are at the experiment's own rate. */
export const unitHints: vscode.InlayHintsProvider = {
  async provideInlayHints(document, range) {
    const { checkExperimentText, keyAt } = await import('../../services/experimentText.ts');
    const { entries, experiment } = checkExperimentText(document.getText(), document.fileName);
    if (!experiment) return [];
    const { sampleRateHz } = experiment.features;
    return entries().flatMap(({ path, value, scalar }) => {
      if (typeof scalar !== 'number' || !value || keyAt(path)?.unit !== 'samples') return [];
      const end = toRange(value).end;
      if (!range.contains(end)) return [];
      const hint = new vscode.InlayHint(end, `= ${Number(((1000 * scalar) / sampleRateHz).toFixed(2))} ms`);
      hint.paddingLeft = true;
      hint.tooltip = `at ${sampleRateHz} Hz`;
      return [hint];
    });
  },
};
