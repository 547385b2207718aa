import { formatDb, formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import type { Stretch } from '../hand/selection.ts';
import type { SpectrogramLane } from '../picture/spectrogramLane.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { indexItems, itemsNear } from './itemIndex.ts';
import { shownText } from './shownText.ts';
import type { AnnotationStrings } from './strings.ts';
import { tiersShown } from './tiersState.ts';

const mostRows = 200;

/** What the tiers show, as a table of the visible stretch: words, times, and how loud it is there. */
export function createTierTable(model: ViewModel, lane: SpectrogramLane, text: AnnotationStrings) {
  const holder = element('div');
  let shown: unknown[] = [];
  return {
    element: holder,
    show() {
      const { annotations, survey } = model.live.state;
      const viewport = viewportOf(model);
      const now = [annotations, viewport.startSec, viewport.endSec, survey?.done];
      if (now.every((one, i) => one === shown[i]) && shown.length > 0) return;
      holder.hidden = !annotations?.tiers.length;
      const { content, complete } = holder.hidden ? { content: [], complete: true } : tableOf(model, lane, text);
      holder.replaceChildren(...content);
      // Levels come with the picture.
      shown = complete ? now : [];
    },
  };
}

function tableOf(model: ViewModel, lane: SpectrogramLane, text: AnnotationStrings) {
  const { startSec, endSec } = viewportOf(model);
  let [rows, more, complete] = [0, 0, true];
  const bodies = tiersShown(model.live.state.annotations, undefined, text.labels).map((tier) => {
    const { first, end } = itemsNear(indexItems(tier.items), startSec, endSec);
    const seen = tier.items.slice(first, end).filter((item) => item.endSec >= startSec);
    const listed = seen.slice(0, Math.max(0, mostRows - rows));
    rows += listed.length;
    more += seen.length - listed.length;
    const cells = listed.map((item) => {
      const level = loudestDb(item, model, lane);
      complete &&= level !== undefined;
      const times = [formatTime(item.startSec), tier.kind === 'point' ? '' : formatTime(item.endSec)];
      const values = [shownText(item.text), ...times, level === undefined ? '–' : formatDb(level)];
      return element('tr', {}, ...values.map((value) => element('td', { text: value })));
    });
    const name = element('th', { text: shownText(tier.name), attributes: { scope: 'rowgroup', colspan: '4' } });
    return element('tbody', {}, element('tr', {}, name), ...cells);
  });
  const title = element('h2', { text: text.table });
  if (rows === 0) return { content: [title, element('p', { class: 'quiet', text: text.tableEmpty })], complete: true };
  const head = [text.text, text.start, text.end, text.level];
  const header = element('tr', {}, ...head.map((name) => element('th', { text: name, attributes: { scope: 'col' } })));
  const table = element(
    'table',
    { class: 'tier-table', label: text.table },
    element('thead', {}, header),
    ...bodies.filter((body) => body.childElementCount > 1),
  );
  const rest = more > 0 ? [element('p', { class: 'quiet', text: fill(text.tableMore, more) })] : [];
  return { content: [title, table, ...rest], complete };
}

const looks = 8;

/** Level of the loudest band at a few places of a stretch; undefined while no picture is there. */
function loudestDb({ startSec, endSec }: Stretch, model: ViewModel, lane: SpectrogramLane): number | undefined {
  let loudest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < looks; i++) {
    const sec = startSec + ((i + 0.5) / looks) * (endSec - startSec);
    for (let band = 0; band < model.picture.features.bins; band++)
      loudest = Math.max(loudest, lane.levelAt(sec, band)?.db ?? Number.NEGATIVE_INFINITY);
  }
  return Number.isFinite(loudest) ? loudest : undefined;
}
