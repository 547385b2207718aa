import type { ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton } from '../../ui/toolkit.ts';
import { describeBlock, showReadout } from './blockReadout.ts';
import type { BlockChart } from './blocks.ts';
import { type BlockView, createBlockView } from './blockView.ts';
import { createChoice } from './choice.ts';
import { createHotSpotTable } from './hotSpotTable.ts';
import { layOutIcicle } from './icicle.ts';
import { summaryFacts } from './profileFacts.ts';
import { type Grouping, groupings, rowsBy } from './profileRows.ts';
import { formatMs } from './profileText.ts';
import type { HotSpotStrings } from './strings.ts';
import { layOutTimeline } from './timeline.ts';

type Picture = 'flame' | 'timeline';

export interface ProfileView {
  readonly element: HTMLElement;
  show(summary: ProfileSummary): void;
  dispose(): void;
}

/** One profile: facts, picture and table. What the user has chosen stays when another profile is shown. */
export function createProfileView(text: HotSpotStrings): ProfileView {
  const facts = element('div', { class: 'profile-facts' });
  const readout = element('div', { class: 'block-readout', attributes: { 'aria-hidden': 'true' } });
  const spoken = element('p', { class: 'spoken unseen', attributes: { 'aria-live': 'polite' } });
  const table = createHotSpotTable(text);
  let shown: { summary: ProfileSummary; charts: Record<Picture, BlockChart> } | undefined;
  let [picture, grouping]: [Picture, Grouping] = ['flame', 'operator'];

  const look: Parameters<typeof createBlockView>[0] = {
    label: text.flameLabel,
    describeRange: ({ start, end }) => fill(text.shows, formatMs(start), formatMs(end)),
    onLook: (block) => showReadout(readout, block, shown?.charts[picture], text),
    onChoose: (block) => {
      if (shown) spoken.textContent = describeBlock(block, shown.charts[picture], text).join(', ');
    },
  };
  const view = createBlockView(look);
  const showPicture = () => {
    view.element.setAttribute('aria-label', picture === 'flame' ? text.flameLabel : text.timelineLabel);
    if (shown) view.show(shown.charts[picture]);
  };
  const showTable = () => shown && table.show(rowsBy(shown.summary, grouping), text.groupings[grouping]);
  const pictures = createChoice<Picture>({
    label: text.picture,
    choices: (['flame', 'timeline'] as const).map((value) => ({ value, text: text[value] })),
    value: picture,
    onChange(value) {
      picture = value;
      showPicture();
    },
  });
  const tables = createChoice<Grouping>({
    label: text.groupBy,
    choices: groupings.map((value) => ({ value, text: text.groupings[value] })),
    value: grouping,
    onChange(value) {
      grouping = value;
      showTable();
    },
  });
  const filter = createFilter(text, view, (search) => table.search(search));
  const showAll = createButton({ icon: 'fit', label: text.showAll, onPress: () => view.showAll() });
  return {
    element: element(
      'div',
      { class: 'profile-view' },
      facts,
      element('div', { class: 'hotspot-tools' }, pictures, showAll, filter),
      view.element,
      readout,
      spoken,
      element('div', { class: 'hotspot-tools' }, tables),
      table.element,
    ),
    show(summary) {
      shown = { summary, charts: { flame: layOutIcicle(summary, text), timeline: layOutTimeline(summary, text) } };
      facts.replaceChildren(...summaryFacts(summary, text));
      showPicture();
      showTable();
    },
    dispose: () => view.dispose(),
  };
}

/** One field that both narrows the table and dims the rest of the picture. */
function createFilter(text: HotSpotStrings, view: BlockView, search: (text: string) => void): HTMLElement {
  const input = element('input', {
    class: 'filter',
    label: text.filter,
    attributes: { type: 'search', placeholder: text.filterHint, spellcheck: 'false' },
  });
  input.addEventListener('input', () => {
    view.search(input.value);
    search(input.value);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || input.value === '') return;
    input.value = '';
    input.dispatchEvent(new Event('input'));
    event.stopPropagation();
  });
  return input;
}
