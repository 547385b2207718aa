import { formatPercent } from '../../src/shared/run/runStatus.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { formatNumber } from '../ui/formatNumber.ts';
import type { StreamRun } from './streamRun.ts';
import type { Strings } from './strings.ts';

/** Name and value of each figure of a run; those of its end have a dash until then. */
export function figuresOf({ summary, file, lookAheadMs, mode }: StreamRun, text: Strings): [string, string][] {
  const ms = (value: number | null | undefined) =>
    value === null || value === undefined ? text.unknown : `${formatNumber(value)} ms`;
  const known = (value: (of: NonNullable<StreamRun['summary']>) => string) => (summary ? value(summary) : text.unknown);
  return [
    [text.figure.p50, ms(summary?.computeMs?.p50)],
    [text.figure.p95, ms(summary?.computeMs?.p95)],
    [text.figure.realTimeFactor, known((of) => formatPercent(of.realTimeFactor))],
    [text.figure.lookAhead, mode ? ms(lookAheadMs) : text.unknown],
    [text.figure.first, ms(file?.firstPartialMs)],
    [text.figure.words, known((of) => fill(text.ofWords, of.lostWords, of.offlineWords, of.lostAtEdges))],
    [text.figure.wer, known((of) => formatPercent(of.werAgainstOffline))],
  ];
}

export function createFigures(text: Strings): { element: HTMLElement; show(run: StreamRun): void } {
  const list = element('dl', { class: 'figures', label: text.figures });
  return {
    element: list,
    show(run) {
      const rows = figuresOf(run, text).map(([name, value]) =>
        element('div', {}, element('dt', { text: name }), element('dd', { text: value })),
      );
      list.replaceChildren(...rows);
    },
  };
}
