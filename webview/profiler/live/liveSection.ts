import type { RunAlert } from '../../../src/shared/run/alert.ts';
import type { GuardRaised, ProblemFound } from '../../../src/shared/run/events.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { noticedRow, severityIcon } from '../noticedRow.ts';
import { type PanelParts, tell } from '../panelParts.ts';
import type { Section, ShownRun } from '../section.ts';
import type { Strings } from '../strings.ts';
import { createLogView } from './logView.ts';

const pollMs = 1000;
const shownProblems = 50;

/** What the engine says now: its output, what is wrong with the data, what keeps it from going on. */
export function createLive(parts: PanelParts): Section {
  const { text, remote } = parts;
  const alertBanner = element('div', { class: 'alert', role: 'alert' });
  const log = createLogView(text);
  const problems = element('ul', { class: 'noticed' });
  const guards = element('ul', { class: 'noticed' });
  const part = (title: string, list: HTMLElement) =>
    element('div', { class: 'part' }, element('h3', { text: title }), list);
  let run: ShownRun | undefined;
  let [directory, offset, form, askedMs, asking] = ['', 0, '', Number.NEGATIVE_INFINITY, false];

  const poll = async () => {
    if (!run || asking || performance.now() - askedMs < pollMs * 0.9) return;
    [asking, askedMs] = [true, performance.now()];
    const asked = run.directory;
    try {
      const answer = await remote.log(asked, offset);
      if (asked !== directory) return;
      log.append(answer, answer.startByte !== offset);
      offset = answer.endByte;
      showAlert(alertBanner, answer.alert, text);
    } catch {
      // The run may be gone; its last words stay.
    } finally {
      asking = false;
    }
  };
  // The engine prints before its first event, and a full disk takes no event at all.
  const timer = window.setInterval(() => {
    if (run?.active && root.getClientRects().length > 0) void poll();
  }, pollMs);
  const root = element(
    'div',
    { class: 'section' },
    alertBanner,
    part(text.guards, guards),
    part(text.problems, problems),
    log.element,
  );
  alertBanner.hidden = true;
  return {
    id: 'live',
    title: text.live,
    element: root,
    update([next]) {
      run = next;
      if (next && next.directory !== directory) {
        [directory, offset, askedMs] = [next.directory, 0, Number.NEGATIVE_INFINITY];
        log.clear();
      }
      void poll();
      if (!next) return;
      const { model } = next;
      const now = JSON.stringify([
        next.directory,
        model.problemCount,
        model.guards.length,
        model.guards.at(-1)?.timeMs,
      ]);
      if (now === form) return;
      form = now;
      fillList(
        guards,
        model.guards
          .slice(-20)
          .reverse()
          .map((guard) => guardRow(guard, parts)),
        text,
      );
      fillList(problems, problemRows(next, parts), text);
    },
    dispose: () => window.clearInterval(timer),
  };
}

function showAlert(banner: HTMLElement, alert: RunAlert | undefined, text: Strings): void {
  const since = alert ? fill(text.alertSince, new Date(alert.sinceMs).toLocaleTimeString()) : '';
  const words = alert ? `${alert.message} (${since})` : '';
  if (banner.textContent !== words) banner.textContent = words;
  banner.hidden = !alert;
}

function fillList(list: HTMLElement, rows: HTMLElement[], text: Strings): void {
  list.replaceChildren(...(rows.length > 0 ? rows : [element('li', { class: 'quiet', text: text.noProblems })]));
}

const guardRow = ({ step, severity, code, message, remedy }: GuardRaised, parts: PanelParts): HTMLElement =>
  noticedRow({ step, severity, text: `${code}: ${message}; ${remedy}` }, parts);

function problemRows({ directory, model }: ShownRun, { remote, text }: PanelParts): HTMLElement[] {
  const rows = model.problems.slice(0, shownProblems).map((problem, index) => {
    const words = element('span', { class: 'words', text: `${problem.code}: ${problem.message}` });
    return element(
      'li',
      {},
      severityIcon(problem.severity),
      placeOf(problem, () => tell(remote.showProblem(directory, index))),
      words,
    );
  });
  const more = model.problemCount - rows.length;
  if (more > 0) rows.push(element('li', { class: 'quiet', text: fill(text.moreProblems, more) }));
  return rows;
}

function placeOf({ file, line }: ProblemFound, open: () => void): HTMLElement | undefined {
  if (file === undefined) return undefined;
  const name = `${file.replace(/^.*[\\/]/, '')}${line === undefined ? '' : `:${line}`}`;
  const button = element('button', { class: 'link', text: name, title: file, attributes: { type: 'button' } });
  button.addEventListener('click', open);
  return button;
}
