import type { ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import { placements } from './profileRows.ts';
import { formatMs, formatShare } from './profileText.ts';
import type { HotSpotStrings } from './strings.ts';

/** What a profile says in a few lines: how long, which phases, which device. */
export function summaryFacts(summary: ProfileSummary, text: HotSpotStrings): HTMLElement[] {
  const { steps, firstStep, device, wallMs, nodesMs } = summary;
  const share = formatShare(wallMs > 0 ? nodesMs / wallMs : 0);
  const sentence = fill(text.facts, steps, firstStep, device, formatMs(wallMs), formatMs(nodesMs), share);
  return [element('p', { text: sentence }), phaseBar(summary, text), ...placementLines(summary, text)];
}

/** The profiled time as one bar: phases, and what is outside the operators. */
function phaseBar({ byPhase, wallMs }: ProfileSummary, text: HotSpotStrings): HTMLElement {
  const known = byPhase.filter(({ totalMs }) => totalMs > 0);
  const knownMs = known.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const wholeMs = Math.max(wallMs, knownMs);
  const nameOf = (phase: string) => (Object.hasOwn(text.phases, phase) ? text.phases[phase as 'forward'] : phase);
  const parts = known.map(({ name, totalMs }) => ({ key: name, name: nameOf(name), ms: totalMs }));
  if (wholeMs - knownMs > 1e-3 * wholeMs) parts.push({ key: 'outside', name: text.outside, ms: wholeMs - knownMs });
  const words = parts.map(({ name, ms }) => `${name} ${formatMs(ms)}, ${formatShare(ms / wholeMs)}`);
  const bar = element('div', { class: 'phase-bar', role: 'img', label: fill(text.phaseBar, words.join('; ')) });
  const legend = element('ul', { class: 'phase-legend', attributes: { 'aria-hidden': 'true' } });
  for (const { key, name, ms } of parts) {
    const part = element('span', { class: 'phase-part', attributes: { 'data-phase': key } });
    part.style.flexGrow = String(ms / wholeMs);
    bar.append(part);
    const swatch = element('span', { class: 'swatch', attributes: { 'data-phase': key } });
    const figures = element('span', { class: 'quiet', text: `${formatMs(ms)} · ${formatShare(ms / wholeMs)}` });
    legend.append(element('li', {}, swatch, element('span', { text: name }), figures));
  }
  return element('div', {}, bar, legend);
}

const namedOperators = 6;

/** Which provider ran what: one line when all is where it should be, else a warning for each that is elsewhere. */
function placementLines(summary: ProfileSummary, text: HotSpotStrings): HTMLElement[] {
  const all = placements(summary);
  const chosen = all.find(({ onDevice }) => onDevice)?.provider ?? summary.device;
  const elsewhere = all.filter(({ onDevice }) => !onDevice);
  if (elsewhere.length === 0) return [element('p', { class: 'quiet', text: fill(text.allOn, chosen) })];
  return elsewhere.map(({ provider, totalMs, share, operators }) => {
    const more = operators.length - namedOperators;
    const names = operators.slice(0, namedOperators).join(', ');
    const list = more > 0 ? `${names} ${fill(text.moreOperators, more)}` : names;
    const line = fill(text.notOn, formatShare(share), formatMs(totalMs), provider, chosen, list);
    const item = element('p', { class: 'elsewhere' });
    item.append(createIcon('warning'), element('span', { text: line }));
    return item;
  });
}
