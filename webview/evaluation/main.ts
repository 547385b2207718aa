import { parseComparison, parseReport } from '../../src/shared/evaluation/parseReport.ts';
import { connect } from '../../src/shared/protocol/channel.ts';
import {
  type EvaluationHost,
  type EvaluationView,
  evaluationViewChecks,
  type OpenedReport,
} from '../../src/shared/protocol/evaluation.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createProgressRing } from '../ui/toolkit.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import { createComparisonPage } from './comparisonPage.ts';
import { createReportPage } from './reportPage.ts';
import { stringsFor } from './strings.ts';
import type { ViewParts } from './viewParts.ts';

const host = takeHost();
const text = stringsFor(document.documentElement.lang);
const root = document.getElementById('root')!;
/** Counts openings, so that an answer that comes late is not shown. */
let opening = 0;

const { remote } = connect<EvaluationView, EvaluationHost>(
  host.port,
  { changed: () => void open() },
  evaluationViewChecks,
);
const parts: ViewParts = { remote, text };

async function open(): Promise<void> {
  const mine = ++opening;
  const status = element('p', { class: 'quiet', text: text.opening, attributes: { 'aria-live': 'polite' } });
  const waiting = setTimeout(() => {
    if (mine === opening)
      root.replaceChildren(element('div', { class: 'empty' }, createProgressRing(text.opening), status));
  }, 200);
  try {
    const opened = await remote.open();
    if (mine !== opening) return;
    if ('reason' in opened) return showFailure(fill(text.gone, opened.reason));
    host.setState({ file: opened.file });
    const content = await readAll(opened, (share) => {
      status.textContent = fill(text.openingShare, Math.round(100 * share));
    });
    if (mine === opening) show(content, opened);
  } catch (error) {
    if (mine === opening) showFailure(fill(text.failed, error instanceof Error ? error.message : String(error)));
  } finally {
    clearTimeout(waiting);
  }
}

async function readAll({ sizeBytes }: OpenedReport, told: (share: number) => void): Promise<string> {
  const pieces: string[] = [];
  for (let at = 0; ; ) {
    const piece = await remote.read(at);
    if (piece.endByte <= at) return pieces.join('');
    pieces.push(piece.text);
    at = piece.endByte;
    told(Math.min(1, at / Math.max(1, sizeBytes)));
  }
}

function show(content: string, opened: OpenedReport): void {
  // The name tells which of the two it means to be.
  const parsed = /comparison[^/\\]*$/.test(opened.file) ? parseComparison(content) : parseReport(content);
  if ('reason' in parsed) showFailure(fill(text.failed, parsed.reason));
  else if ('report' in parsed) root.replaceChildren(createReportPage(parsed.report, opened, parts));
  else root.replaceChildren(createComparisonPage(parsed.comparison, opened, parts));
}

function showFailure(message: string): void {
  root.replaceChildren(element('div', { class: 'empty', role: 'alert' }, element('p', { text: message })));
}

void open();
