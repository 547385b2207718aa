import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { formatMemory } from '../memoryUnit.ts';
import type { Block, BlockChart } from './blocks.ts';
import { shortProvider } from './profileRows.ts';
import { formatMs, formatShare } from './profileText.ts';
import type { HotSpotStrings } from './strings.ts';

/** What a block is, in up to three lines: its name, where it belongs, its figures. */
export function describeBlock(block: Block, chart: BlockChart, text: HotSpotStrings): string[] {
  const { node, phase } = block;
  const ms = block.end - block.start;
  const share = `${formatMs(ms)} (${formatShare(ms / (chart.spanMs || 1))})`;
  if (!node) return [block.name, share];
  const place = [node.operator, node.layer, text.phases[phase], shortProvider(node.provider)];
  // A timeline shows one call; the node's sums are of all profiled steps.
  const sums =
    chart.rowNames.length > 0 ? [] : [fill(text.calls, node.calls), eachCall(node.totalMs, node.calls, text)];
  const figures = [share, ...sums, node.output, formatMemory(node.outputBytes)];
  return [node.name, place.filter(Boolean).join(' · '), figures.filter(Boolean).join(' · ')];
}

const eachCall = (totalMs: number, calls: number, text: HotSpotStrings): string =>
  calls > 1 ? fill(text.each, formatMs(totalMs / calls)) : '';

/** Keeps its height, so that nothing jumps as the pointer moves. */
export function showReadout(
  readout: HTMLElement,
  block: Block | undefined,
  chart: BlockChart | undefined,
  text: HotSpotStrings,
): void {
  const lines = block && chart ? describeBlock(block, chart, text) : [];
  const classOf = (at: number) => (at === 0 ? 'name' : at < lines.length - 1 ? 'quiet' : 'figures');
  const shown = lines.map((line, at) => element('div', { class: classOf(at), text: line }));
  readout.replaceChildren(...(block ? shown : [element('div', { class: 'hint', text: text.hint })]));
}
