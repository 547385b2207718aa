import type { HeaderChunk } from '../../src/shared/headerChunk.ts';
import type { HostAction, OpenedClip } from '../../src/shared/protocol/spectrogram.ts';
import { formatBytes } from '../ui/axisText.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createIcon } from '../ui/icons.ts';
import { createButton } from '../ui/toolkit.ts';
import { problemItem } from './details.ts';
import { createHeaderSection } from './export/headerTable.ts';
import { outStringsFor } from './export/strings.ts';
import type { Strings } from './strings.ts';

/** The page of a file that cannot be shown: why, and what else can be done with it. */
export function buildUnreadable(
  clip: Extract<OpenedClip, { readable: false }>,
  text: Strings,
  run: (action: HostAction) => void,
  askHeader: () => Promise<HeaderChunk[]>,
): HTMLElement {
  const icon = element('div', { class: 'unreadable-icon' });
  icon.append(createIcon('warning'));
  return element(
    'div',
    { class: 'unreadable' },
    icon,
    element('h1', { text: fill(text.unreadable, clip.name) }),
    element('ul', { class: 'problem-list', role: 'alert' }, ...clip.problems.map(problemItem)),
    ...(clip.problems.some(({ code }) => code === 'file-missing') ? [] : aboutFile(clip, text, run, askHeader)),
  );
}

function aboutFile(
  { sizeBytes }: { sizeBytes: number },
  text: Strings,
  run: (action: HostAction) => void,
  askHeader: () => Promise<HeaderChunk[]>,
): HTMLElement[] {
  return [
    element('p', { class: 'quiet', text: `${text.size}: ${formatBytes(sizeBytes)}` }),
    headerDetails(askHeader),
    element(
      'div',
      { class: 'unreadable-actions' },
      createButton({ text: text.reopenBuiltIn, appearance: 'primary', onPress: () => run('reopenBuiltIn') }),
      createButton({ text: text.reopenText, appearance: 'secondary', onPress: () => run('reopenText') }),
    ),
  ];
}

/** What the container holds may tell what went wrong. */
function headerDetails(ask: () => Promise<HeaderChunk[]>): HTMLElement {
  const text = outStringsFor(document.documentElement.lang);
  const section = createHeaderSection(ask, text);
  const details = element('details', {}, element('summary', { text: text.header }), section.element);
  details.addEventListener('toggle', () => section.show());
  return details;
}
