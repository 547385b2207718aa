import { connect } from '../../src/shared/protocol/channel.ts';
import {
  type TranscriptsHost,
  type TranscriptsView,
  transcriptsViewChecks,
} from '../../src/shared/protocol/transcripts.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton, createProgressRing } from '../ui/toolkit.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import { createTranscriptsPage, type TranscriptsPage } from './page.ts';
import { stringsFor } from './strings.ts';

const host = takeHost();
const text = stringsFor(document.documentElement.lang);
const root = document.getElementById('root')!;
let page: TranscriptsPage | undefined;

const { remote } = connect<TranscriptsView, TranscriptsHost>(
  host.port,
  {
    itemChanged: (item) => page?.showItem(item),
    progressed: (progress) => page?.showProgress(progress),
    changed: () => void open(),
  },
  transcriptsViewChecks,
);

async function open(): Promise<void> {
  try {
    const opened = await remote.open();
    if (opened.items.length === 0) return showEmpty(text.empty, text.emptyHelp);
    page = createTranscriptsPage(remote, opened, text);
    root.replaceChildren(page.element);
  } catch (error) {
    page = undefined;
    const message = fill(text.failed, error instanceof Error ? error.message : String(error));
    const log = createButton({
      text: text.showLog,
      appearance: 'primary',
      onPress: () => void remote.requestAction('showLog').catch(() => {}),
    });
    root.replaceChildren(element('div', { class: 'empty', role: 'alert' }, element('p', { text: message }), log));
  }
}

function showEmpty(title: string, help: string): void {
  page = undefined;
  root.replaceChildren(
    element('div', { class: 'empty' }, element('h2', { text: title }), element('p', { class: 'quiet', text: help })),
  );
}

root.replaceChildren(element('div', { class: 'empty' }, createProgressRing(text.opening)));
void open();
