import type { LogPart } from '../../../src/shared/protocol/profiler.ts';
import { element } from '../../ui/elements.ts';
import type { Strings } from '../strings.ts';

/** The end of what the engine has printed. */
export interface LogView {
  readonly element: HTMLElement;
  clear(): void;
  append(part: LogPart, skipped: boolean): void;
}

const maxLines = 500;

export function createLogView(text: Strings): LogView {
  const follow = element('input', { attributes: { type: 'checkbox' } });
  follow.checked = true;
  const tool = element('label', { class: 'tool' }, follow, element('span', { text: text.follow }));
  const output = element('pre', { class: 'log', role: 'log', label: text.output, attributes: { tabindex: '0' } });
  const head = element('div', { class: 'part-head' }, element('h3', { text: text.output }), tool);
  let lines: string[] = [];
  let omitted = false;
  const paint = () => {
    output.textContent =
      lines.length > 0 ? [...(omitted ? [text.omittedLines] : []), ...lines].join('\n') : text.noOutput;
    if (follow.checked) output.scrollTop = output.scrollHeight;
  };
  // Whoever scrolls up reads; whoever scrolls to the end follows.
  output.addEventListener('scroll', () => {
    follow.checked = output.scrollHeight - output.scrollTop - output.clientHeight < 24;
  });
  follow.addEventListener('change', paint);
  paint();
  return {
    element: element('div', { class: 'part' }, head, output),
    clear() {
      lines = [];
      omitted = false;
      paint();
    },
    append(part, skipped) {
      if (skipped) lines = [];
      omitted ||= skipped;
      if (part.text === '') return;
      // A terminal's progress line is written over and over: what stands last in it is what it says.
      const fresh = part.text
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(line.trimEnd().lastIndexOf('\r') + 1));
      lines.push(...fresh);
      omitted ||= lines.length > maxLines;
      lines = lines.slice(-maxLines);
      paint();
    },
  };
}
