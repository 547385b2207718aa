import type { DatasetFilter } from '../../src/shared/datasetFacts.ts';
import type { Remote } from '../../src/shared/protocol/channel.ts';
import {
  type ListAction,
  type ListedUtterance,
  listActions,
  listedUtterances,
  type StatisticsHost,
} from '../../src/shared/protocol/statistics.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import type { IconName } from '../ui/icons.ts';
import { createButton } from '../ui/toolkit.ts';
import { format } from './pictures.ts';
import type { Strings } from './strings.ts';

export interface LineChoice {
  manifest: number;
  filter: DatasetFilter;
  /** What was chosen, in words, and where. */
  title: string;
  name: string;
}

export interface LineList {
  readonly element: HTMLElement;
  show(choice: LineChoice): Promise<void>;
}

const icons: Record<ListAction, IconName> = { play: 'play', openSpectrogram: 'smooth', showLine: 'report' };

/** The utterances behind a bar, a word or a speaker, a page at a time. */
export function createLineList(remote: Remote<StatisticsHost>, text: Strings): LineList {
  const title = element('h3', { text: text.list, attributes: { tabindex: '-1' } });
  const body = element('div', {}, element('p', { class: 'quiet', text: text.listHint }));
  let showing = 0;

  const row = (manifest: number, { index, line, text: words, durationSec, audioFilepath }: ListedUtterance) => {
    const buttons = listActions.map((action) =>
      createButton({
        icon: icons[action],
        label: `${text.actions[action]}, ${text.line} ${line}`,
        onPress: () => void remote.utteranceAction(manifest, index, action).catch(() => {}),
      }),
    );
    return element(
      'tr',
      {},
      element('td', { class: 'number', text: String(line) }),
      element('td', { class: 'number', text: durationSec === undefined ? '' : `${durationSec.toFixed(2)} s` }),
      element('td', { class: 'words', text: words, title: audioFilepath }),
      element('td', { class: 'line-actions' }, ...buttons),
    );
  };
  const fillPage = async (choice: LineChoice, from: number): Promise<void> => {
    const mine = ++showing;
    const { total, utterances } = await remote.list(choice.manifest, choice.filter, from);
    if (mine !== showing) return;
    title.textContent = fill(text.listOf, choice.title, choice.name, format(total));
    const head = [text.line, text.length, text.text, ''].map((name) => element('th', { text: name }));
    const table = element(
      'table',
      { class: 'lines' },
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...utterances.map((utterance) => row(choice.manifest, utterance))),
    );
    const turn = (label: string, to: number) =>
      createButton({ text: label, appearance: 'secondary', onPress: () => void fillPage(choice, to).catch(() => {}) });
    const range = fill(text.range, format(from + 1), format(from + utterances.length));
    const pages = element(
      'div',
      { class: 'pages' },
      ...(from > 0 ? [turn(text.earlier, Math.max(0, from - listedUtterances))] : []),
      element('span', { class: 'quiet', text: range }),
      ...(from + utterances.length < total ? [turn(text.later, from + listedUtterances)] : []),
    );
    body.replaceChildren(table, ...(total > utterances.length ? [pages] : []));
  };
  const root = element('section', { class: 'line-list', label: text.list }, title, body);
  return {
    element: root,
    async show(choice) {
      await fillPage(choice, 0);
      root.scrollIntoView({ block: 'nearest' });
      title.focus({ preventScroll: true });
    },
  };
}
