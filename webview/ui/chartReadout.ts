import { type ChartLine, type ChartPicture, valueAt } from './chartPicture.ts';
import { element } from './elements.ts';

export interface ChartReadout {
  readonly element: HTMLElement;
  /** Shows the values at x and returns them as a sentence; `pointed` when the user has chosen x. */
  show(picture: ChartPicture, x: number | undefined, pointed: boolean, tolerance: number): string;
}

/** Title, legend and values of a chart in one: its lines never move when values come and go. */
export function createChartReadout(title: string, help?: string): ChartReadout {
  const place = element('span', { class: 'chart-place' });
  const note = element('span', { class: 'chart-note' });
  const entries = element('div', { class: 'chart-entries' });
  const heading = element('span', { class: 'chart-title', text: title, ...(help ? { title: help } : {}) });
  const head = element('div', { class: 'chart-head' }, heading, note, place);
  let values: HTMLElement[] = [];
  let legend = '';

  const buildLegend = ({ lines }: ChartPicture) => {
    const told = lines.filter(({ quiet }) => !quiet);
    const form = JSON.stringify(told.map(({ label, color, dash }) => [label, color, dash]));
    if (form === legend) return told;
    legend = form;
    values = told.map(() => element('span', { class: 'chart-value' }));
    entries.replaceChildren(
      ...told.map(({ label, color, dash, fillTo }, index) => {
        const swatch = element('span', {
          class: `chart-swatch${dash ? ' dashed' : ''}${fillTo === undefined ? '' : ' filled'}`,
        });
        swatch.style.setProperty('--swatch', color);
        return element(
          'span',
          { class: 'chart-entry' },
          swatch,
          element('span', { text: label === title ? '' : label }),
          values[index],
        );
      }),
    );
    return told;
  };
  return {
    element: element('figcaption', { class: 'chart-caption' }, head, entries),
    show(picture, x, pointed, tolerance) {
      const told = buildLegend(picture);
      const words = told.map((line, index) => {
        const value = x === undefined ? undefined : pointed ? valueAt(line, x) : latestOf(line);
        const word = value === undefined ? '–' : picture.y.format(value);
        if (values[index]) values[index].textContent = word;
        return `${line.label} ${word}`;
      });
      const at = x === undefined ? '' : `${picture.x.label} ${picture.x.format(x)}`;
      place.textContent = pointed ? at : '';
      const near = pointed && x !== undefined ? picture.marks?.filter((mark) => Math.abs(mark.x - x) <= tolerance) : [];
      note.textContent = near?.map(({ label }) => label).join('; ') ?? '';
      note.title = note.textContent;
      return [at, ...words, note.textContent].filter((word) => word !== '').join(', ');
    },
  };
}

/** What a line says when no place is pointed at. */
function latestOf({ y, values }: ChartLine): number | undefined {
  return (values ?? y).findLast((value) => value !== null) ?? undefined;
}
