import { connect } from '../../src/shared/protocol/channel.ts';
import { type Figure, type FigureHost, type FigureView, figureViewChecks } from '../../src/shared/protocol/figure.ts';
import { element } from '../ui/elements.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import { buildTable } from './buildTable.ts';
import { drawPlot } from './drawPlot.ts';

const root = document.getElementById('root')!;
const { port } = takeHost();
const { remote } = connect<FigureView, FigureHost>(port, { changed: () => void open() }, figureViewChecks);
let shown: Figure | undefined;
/** Counts openings, so that an answer that comes late is not shown. */
let opening = 0;

async function open(): Promise<void> {
  const mine = ++opening;
  const figure = await remote.open().catch(() => undefined);
  if (mine !== opening) return;
  // While the experiment has errors, the last figure stands.
  if (figure) show(figure);
  else if (!shown)
    root.replaceChildren(element('p', { class: 'note', text: 'The experiment has errors.', role: 'status' }));
}

function show(figure: Figure): void {
  shown = figure;
  const { title, summary, plot, table } = figure;
  const heading = element('h1', { text: title });
  const note = element('p', { class: 'note', text: summary });
  if (!plot) {
    root.replaceChildren(heading, note, buildTable(table, title));
    return;
  }
  const twin = element('details', {}, element('summary', { text: 'As a table' }), buildTable(table, title));
  twin.open = root.querySelector('details')?.open ?? false;
  const width = Math.max(280, Math.min(900, root.clientWidth));
  const name = `${title}. ${summary}`;
  root.replaceChildren(heading, note, element('figure', {}, drawPlot(plot, width, name)), twin);
}

new ResizeObserver(() => shown && show(shown)).observe(document.documentElement);
void open();
