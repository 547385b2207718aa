import { createChartTable } from './chartTable.ts';
import { element } from './elements.ts';
import { fill } from './fill.ts';

/** Bars of several series side by side; each series is drawn as shares of its own sum, so that small ones can be compared. */
export interface BarPicture {
  /** What the bars are, as the table's first column says: "seconds". */
  unit: string;
  /** One per bar: on the axis, and in full. */
  bars: { tick: string; label: string }[];
  series: { name: string; color: string; counts: readonly number[] }[];
}

export interface BarChart {
  readonly element: HTMLElement;
  show(picture: BarPicture): void;
}

export interface BarText {
  table: string;
  omittedRows: string;
  noData: string;
  /** {0} bar, {1} count, {2} share, {3} series. */
  bar: string;
}

/** Every bar is a button: arrow keys lead from one to the next, Enter picks. */
export function createBarChart(
  { title, note, text }: { title: string; note?: string; text: BarText },
  pick: (bar: number, series: number) => void,
): BarChart {
  const stage = element('div', { class: 'bars', role: 'group', label: title });
  const axis = element('div', { class: 'bar-axis', attributes: { 'aria-hidden': 'true' } });
  const readout = element('span', { class: 'bar-readout', attributes: { 'aria-live': 'polite' } });
  const noteLine = element('span', { class: 'quiet', text: note ?? '' });
  let shown: BarPicture | undefined;
  const table = createChartTable(text, () => shown && tableOf(shown));
  const head = element('div', { class: 'bar-head' }, element('h3', { text: title }), noteLine, readout);
  stage.addEventListener('keydown', (event) => moveFocus(event, stage));
  return {
    element: element('figure', { class: 'bar-chart' }, head, stage, axis, table.element),
    show(picture) {
      if (JSON.stringify(shown) === JSON.stringify(picture)) return;
      const focused = [...stage.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement);
      shown = picture;
      const heights = sharesOf(picture);
      const say = (button: HTMLElement) => {
        readout.textContent = button.getAttribute('aria-label');
      };
      const groups = picture.bars.map((bar, index) => {
        const buttons = picture.series.map(({ name, color, counts }, series) => {
          const count = counts[index] ?? 0;
          const label = fill(text.bar, bar.label, count, formatShare(heights.shares[series]![index]!), name);
          const button = element('button', { class: 'bar', label, attributes: { type: 'button', tabindex: '-1' } });
          button.style.setProperty('--height', String(heights.shares[series]![index]! / heights.most));
          button.style.setProperty('--color', color);
          button.disabled = count === 0;
          button.addEventListener('click', () => pick(index, series));
          button.addEventListener('focus', () => say(button));
          button.addEventListener('pointerenter', () => say(button));
          return button;
        });
        return element('div', { class: 'bar-group' }, ...buttons);
      });
      stage.replaceChildren(...groups);
      axis.replaceChildren(...ticksOf(picture.bars.map(({ tick }) => tick)));
      const buttons = [...stage.querySelectorAll('button')];
      const enabled = buttons.filter(({ disabled }) => !disabled);
      enabled[0]?.setAttribute('tabindex', '0');
      if (focused >= 0) buttons[focused]?.focus();
      if (enabled.length === 0) stage.replaceChildren(element('p', { class: 'quiet', text: text.noData }));
      table.refresh();
    },
  };
}

function moveFocus(event: KeyboardEvent, stage: HTMLElement): void {
  const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, Home: -1e6, End: 1e6 };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const buttons = [...stage.querySelectorAll('button')].filter(({ disabled }) => !disabled);
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const next = buttons[Math.max(0, Math.min(buttons.length - 1, at + step))];
  for (const button of buttons) button.setAttribute('tabindex', button === next ? '0' : '-1');
  next?.focus();
}

/** Characters of all labels together that the axis has room for. */
const mostCharacters = 60;

function ticksOf(ticks: readonly string[]): HTMLElement[] {
  const widest = Math.max(1, ...ticks.map(({ length }) => length + (length > 1 ? 2 : 0)));
  const every = Math.ceil((ticks.length * widest) / mostCharacters);
  return ticks.map((tick, index) => element('span', { text: index % every === 0 ? tick : '' }));
}

function sharesOf({ series }: BarPicture): { shares: number[][]; most: number } {
  const shares = series.map(({ counts }) => {
    const sum = counts.reduce((total, count) => total + count, 0);
    return counts.map((count) => (sum === 0 ? 0 : count / sum));
  });
  return { shares, most: Math.max(Number.MIN_VALUE, ...shares.flat()) };
}

const formatShare = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function tableOf({ unit, bars, series }: BarPicture) {
  const rows = bars.map(({ label }, index) => [label, ...series.map(({ counts }) => String(counts[index] ?? 0))]);
  return { head: [unit, ...series.map(({ name }) => name)], rows, omitted: 0 };
}
