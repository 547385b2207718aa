import { timeScale } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { LabelCommands } from './labelCommands.ts';
import { createNameInput, type NameEnd, type NameInput } from './nameInput.ts';
import { findItem, newItem, type TiersState } from './tiersState.ts';
import { type TierTrack, tierRowPx } from './tierTrack.ts';

const leastPx = 150;

type Naming = NonNullable<TiersState['naming']>;

/** Writing the text of an item, or the name of a tier, in its place. `back` gives the focus to what it belongs to. */
export function createNaming(
  layout: Layout,
  model: ViewModel,
  commands: LabelCommands,
  tracks: ReadonlyMap<string, TierTrack>,
  back: (toStage: boolean) => void,
): { show(): void } {
  let shown: { naming: Naming; input: NameInput } | undefined;
  const close = () => {
    const input = shown?.input.element;
    shown = undefined;
    input?.remove();
  };
  const open = (naming: Naming) => {
    const { text } = commands;
    const tier = commands.tiers().find(({ id }) => id === naming.tier);
    const item = tier?.items.find(({ id }) => id === naming.item);
    const value = (naming.item === undefined ? tier?.name : item?.text) ?? '';
    const label = naming.item === undefined ? text.nameOfTier : text.nameOfItem;
    const input = createNameInput(label, value, (written, end) => {
      // Its own removal, not the user, may have ended it.
      if (shown?.input === input) finish(commands, naming, written, end, back);
    });
    shown = { naming, input };
    tracks.get(naming.tier)!.row.append(input.element);
    place(input, naming);
    input.element.focus({ preventScroll: true });
    input.element.select();
    input.element.scrollIntoView({ block: 'nearest' });
  };
  const place = (input: NameInput, naming: Naming) => {
    const track = tracks.get(naming.tier);
    if (!track) return;
    const { scene } = track;
    const tier = scene?.tier ?? { items: [] };
    const at = tier.items.findIndex(({ id }) => id === naming.item);
    const item = tier.items[at];
    if (!item) return input.place(4, 0, Math.min(220, layout.tracks.clientWidth - 8));
    const width = layout.stage.clientWidth;
    const { toPx } = timeScale(viewportOf(model), width);
    const [from, to] = [Math.max(0, toPx(item.startSec)), Math.min(width, toPx(item.endSec))];
    const widthPx = Math.min(width, Math.max(leastPx, to - from));
    const left = Math.max(0, Math.min(width - widthPx, from));
    const row = scene!.index.rows[at]!;
    input.place(track.body.offsetLeft + left, row * tierRowPx, widthPx);
  };
  return {
    show() {
      const { naming } = model.live.state.tiers;
      const there = naming && tracks.has(naming.tier);
      if (shown && (!there || shown.naming !== naming)) close();
      if (there && !shown) open(naming);
      else if (shown) place(shown.input, shown.naming);
    },
  };
}

function finish(
  commands: LabelCommands,
  naming: Naming,
  written: string | undefined,
  end: NameEnd,
  back: (toStage: boolean) => void,
): void {
  const { tier, item } = naming;
  if (item === undefined) {
    commands.update({ naming: undefined });
    if (written?.trim()) commands.renameTier(tier, written);
    back(false);
    return;
  }
  const address = { tier, item };
  const found = findItem(commands.tiers(), address);
  const step = end === 'next' ? 1 : end === 'previous' ? -1 : 0;
  const neighbour = step !== 0 && item !== newItem ? found?.tier.items[found.position + step] : undefined;
  void commands.named(address, written);
  if (neighbour) commands.name({ tier, item: neighbour.id });
  else if (end !== 'blur') back(item === newItem && written === undefined);
}
