import type { ProfileRow, ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import { phases } from './icicle.ts';
import { placements } from './profileRows.ts';
import { formatMs, formatShare } from './profileText.ts';
import type { HotSpotStrings } from './strings.ts';
import { wordFor } from './timeline.ts';

/** What a profile says in a few lines: how long, which phases, which device. */
export function summaryFacts(summary: ProfileSummary, text: HotSpotStrings): HTMLElement[] {
  const { steps, firstStep, device, wallMs, nodesMs, profilingMs, shapes, parts, byPhase } = summary;
  const share = formatShare(wallMs > 0 ? nodesMs / wallMs : 0);
  const sentence = fill(text.facts, steps, firstStep, device, formatMs(wallMs), formatMs(nodesMs), share);
  const more = fill(text.moreFacts, listOf(shapes, text), formatMs(profilingMs));
  return [
    element('p', {}, element('span', { text: sentence }), element('span', { class: 'quiet', text: ` ${more}` })),
    partsBar(
      text.partsTitle,
      parts.map(({ name, totalMs }) => ({ key: name, name: wordFor(text.parts, name), ms: totalMs })),
    ),
    partsBar(
      text.phasesTitle,
      inOrder(byPhase).map(({ name, totalMs }) => ({ key: name, name: wordFor(text.phases, name), ms: totalMs })),
    ),
    ...placementLines(summary, text),
  ];
}

const place = ({ name }: ProfileRow): number => (phases as readonly string[]).indexOf(name);
/** Phases as they follow each other in a step. */
const inOrder = (rows: readonly ProfileRow[]): ProfileRow[] => [...rows].sort((a, b) => place(a) - place(b));

interface BarPart {
  /** Names its colour. */
  key: string;
  name: string;
  ms: number;
}

/** A whole in one bar, its parts named beneath it. */
function partsBar(title: string, all: readonly BarPart[]): HTMLElement {
  const parts = all.filter(({ ms }) => ms > 0);
  const wholeMs = parts.reduce((sum, { ms }) => sum + ms, 0);
  const figuresOf = (ms: number) => `${formatMs(ms)} · ${formatShare(ms / wholeMs)}`;
  const words = parts.map(({ name, ms }) => `${name} ${figuresOf(ms)}`).join(', ');
  const bar = element('div', { class: 'phase-bar', role: 'img', label: `${title}: ${words}` });
  const legend = element('ul', { class: 'phase-legend', attributes: { 'aria-hidden': 'true' } });
  for (const { key, name, ms } of parts) {
    const part = element('span', {
      class: 'phase-part',
      title: `${name} ${figuresOf(ms)}`,
      attributes: { 'data-part': key },
    });
    part.style.flexGrow = String(ms / wholeMs);
    bar.append(part);
    const swatch = element('span', { class: 'swatch', attributes: { 'data-part': key } });
    legend.append(
      element(
        'li',
        {},
        swatch,
        element('span', { text: name }),
        element('span', { class: 'quiet', text: figuresOf(ms) }),
      ),
    );
  }
  return element('div', {}, element('div', { class: 'bar-title', text: title }), bar, legend);
}

/** So many names of a list are enough. */
const namedLimit = 6;

function listOf(names: readonly string[], text: HotSpotStrings): string {
  const more = names.length - namedLimit;
  const named = names.slice(0, namedLimit).join(', ');
  return more > 0 ? `${named} ${fill(text.moreNames, more)}` : named;
}

/** Which provider ran what: one line when all is where it should be, else a warning for each that is elsewhere. */
function placementLines(summary: ProfileSummary, text: HotSpotStrings): HTMLElement[] {
  const all = placements(summary);
  const chosen = all.find(({ onDevice }) => onDevice)?.provider ?? summary.device;
  const elsewhere = all.filter(({ onDevice }) => !onDevice);
  if (elsewhere.length === 0) return [element('p', { class: 'quiet', text: fill(text.allOn, chosen) })];
  return elsewhere.map(({ provider, totalMs, share, operators }) => {
    const line = fill(text.notOn, formatShare(share), formatMs(totalMs), provider, chosen, listOf(operators, text));
    const item = element('p', { class: 'elsewhere' });
    item.append(createIcon('warning'), element('span', { text: line }));
    return item;
  });
}
