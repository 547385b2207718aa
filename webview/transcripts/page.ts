import type { Remote } from '../../src/shared/protocol/channel.ts';
import type {
  OpenedTranscripts,
  RequestAction,
  TranscriptItem,
  TranscriptsHost,
  TranscriptsProgress,
} from '../../src/shared/protocol/transcripts.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton } from '../ui/toolkit.ts';
import { describeOverall } from './overall.ts';
import { createItemRow, type ItemRow } from './rows.ts';
import { createSounds } from './sounds.ts';
import type { Strings } from './strings.ts';

export interface TranscriptsPage {
  readonly element: HTMLElement;
  showItem(item: TranscriptItem): void;
  showProgress(progress: TranscriptsProgress): void;
}

/** What was asked for, in a table: one row for each recording, and over it what all came to. */
export function createTranscriptsPage(
  remote: Remote<TranscriptsHost>,
  { model, items, progress }: OpenedTranscripts,
  text: Strings,
): TranscriptsPage {
  const shown = [...items];
  const rows: ItemRow[] = [];
  const notice = element('p', { class: 'notice', role: 'alert' });
  notice.hidden = true;
  let heardItem: number | undefined;
  const sounds = createSounds(remote, text.blocked, (item, failure) => {
    if (heardItem !== undefined) rows[heardItem]?.showPlaying(false);
    heardItem = item;
    if (item !== undefined) rows[item]?.showPlaying(true);
    const reason = failure instanceof Error ? failure.message : failure === undefined ? '' : String(failure);
    notice.hidden = reason === '';
    notice.textContent = reason === text.blocked ? reason : fill(text.cannotPlay, reason);
  });
  const body = element('tbody');
  const heads = [
    element('td'),
    ...[items.some(({ line }) => line !== 'none') ? text.line : text.recording, text.transcript].map((name) =>
      element('th', { text: name, attributes: { scope: 'col' } }),
    ),
    element('th', { class: 'number-head', text: text.wer, attributes: { scope: 'col' } }),
    element('th', { attributes: { scope: 'col' } }, element('span', { class: 'unseen', text: text.actionsTitle })),
  ];
  const table = element(
    'table',
    { class: 'items', label: text.title },
    element('thead', {}, element('tr', {}, ...heads)),
    body,
  );
  const header = createHeader(remote, model, text);
  const legend = createLegend(text);
  const update = () => {
    header.show(shown, progressNow);
    legend.hidden = !shown.some(({ pairs }) => pairs.length > 0);
  };
  let progressNow = progress;
  const place = (item: TranscriptItem) => {
    const row = createItemRow(item, remote, sounds, text);
    const old = rows[item.index]?.element;
    if (old) keepFocus(old, row.element);
    else body.append(row.element);
    rows[item.index] = row;
    shown[item.index] = item;
    playAsked(item, sounds, row.element);
  };
  for (const item of items) place(item);
  update();
  return {
    element: element(
      'div',
      { class: 'transcripts' },
      header.element,
      notice,
      element('div', { class: 'table-place' }, table),
      legend,
    ),
    showItem(item) {
      place(item);
      update();
    },
    showProgress(now) {
      progressNow = now;
      update();
    },
  };
}

/** Words that were asked for and have been played, by item, in this page's life. */
const played = new Set<string>();

/** The word that was asked for is brought into view and heard, once. */
function playAsked(
  item: TranscriptItem,
  sounds: { play(i: number, from: number, to: number): unknown },
  row: HTMLElement,
) {
  const pair = item.pairs[item.focus ?? -1];
  const key = `${item.index} ${item.focus} ${item.text}`;
  if (!pair || item.state !== 'done' || played.has(key)) return;
  played.add(key);
  requestAnimationFrame(() => row.querySelector<HTMLElement>('.pair-asked')?.focus());
  void sounds.play(item.index, Math.max(item.startSec, pair.startSec - 0.1), pair.endSec + 0.1);
}

/** A row that is made anew keeps the focus on what had it. */
function keepFocus(old: HTMLElement, fresh: HTMLElement): void {
  const kinds = 'vscode-button, .pair';
  const at = [...old.querySelectorAll(kinds)].indexOf(document.activeElement!);
  old.replaceWith(fresh);
  if (at >= 0) fresh.querySelectorAll<HTMLElement>(kinds)[at]?.focus();
}

function createHeader(remote: Remote<TranscriptsHost>, model: OpenedTranscripts['model'], text: Strings) {
  const act = (action: RequestAction) => () => void remote.requestAction(action).catch(() => {});
  const button = (label: string, action: RequestAction) =>
    createButton({ text: label, appearance: 'secondary', onPress: act(action) });
  const overall = element('p', { class: 'overall', attributes: { 'aria-live': 'polite' } });
  const bar = element('progress', { class: 'progress', label: text.title });
  const going = element('span', { class: 'quiet progress-text' });
  const [cancel, retry] = [button(text.cancel, 'cancel'), button(text.retry, 'retry')];
  const [insertAll, copyAll] = [button(text.insertAll, 'insertAll'), button(text.copyAll, 'copyAll')];
  const modelName = element('span', { class: 'model' }, element('span', { class: 'quiet', text: `${text.model}: ` }));
  modelName.append(element('bdi', { text: model.name, title: model.path }));
  const running = element('div', { class: 'running' }, bar, going, cancel);
  const actions = element(
    'div',
    { class: 'head-actions' },
    insertAll,
    copyAll,
    retry,
    button(text.otherModel, 'chooseModel'),
  );
  return {
    element: element('header', { class: 'head' }, modelName, running, overall, actions),
    show(items: readonly TranscriptItem[], { running: isRunning, done, total, share }: TranscriptsProgress) {
      running.hidden = !isRunning;
      overall.hidden = isRunning;
      bar.max = Math.max(1, total);
      bar.value = done + share;
      const percent = Math.round(100 * share);
      going.textContent =
        percent > 0 ? fill(text.hearingShare, done, total, percent) : fill(text.progress, done, total);
      overall.textContent = describeOverall(items, text);
      const heard = items.filter(({ state }) => state === 'done');
      retry.hidden = isRunning || heard.length === items.length;
      copyAll.hidden = heard.length < 2;
      insertAll.hidden = isRunning || heard.filter(({ line }) => line !== 'none').length < 2;
    },
  };
}

function createLegend(text: Strings): HTMLElement {
  const kinds = ['substitution', 'deletion', 'insertion'] as const;
  const entries = kinds.flatMap((kind) => {
    const sample = element('span', { class: `pair pair-${kind} legend-sample`, attributes: { 'aria-hidden': 'true' } });
    if (kind !== 'insertion') sample.append(element('del', { text: 'abc' }));
    if (kind === 'substitution') sample.append(element('bdi', { class: 'said', text: 'abd' }));
    if (kind === 'insertion') sample.append(element('ins', { text: 'abc' }));
    return [element('span', { class: 'legend-entry' }, sample, element('span', { text: text.legend[kind] }))];
  });
  const unsure = element('span', { class: 'legend-unsure', text: text.unsure });
  return element('footer', { class: 'legend quiet' }, ...entries, unsure, element('span', { text: text.keys }));
}
