import { element } from '../../ui/elements.ts';
import type { Player } from '../../ui/player.ts';
import type { Moves } from '../hand/moves.ts';
import { timeScale } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';
import type { Lanes } from '../picture/lanes.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { type Augment, createAugment } from './augment.ts';
import { createDifferenceLine } from './differenceLine.ts';
import { createLink, type Link } from './link.ts';
import { createLinkBar } from './linkBar.ts';
import { compareStringsFor } from './strings.ts';

/** What a view has to do with others, and with what training makes of its clip. */
export interface Compare {
  readonly link: Link;
  readonly augment: Augment;
  show(): void;
}

export interface ComparedParts {
  lanes: Lanes;
  moves: Moves;
  player: Player;
}

export function createCompare(layout: Layout, model: ViewModel, { lanes, moves, player }: ComparedParts): Compare {
  const text = compareStringsFor(document.documentElement.lang);
  const link = createLink(model, lanes.invalidate);
  const difference = createDifferenceLine(model, link, moves, text);
  const bar = createLinkBar(layout, model, link, difference.element, text);
  const playhead = element('div', { class: 'mark-playhead linked-playhead' });
  layout.stage.append(playhead);
  const augment = createAugment(layout, model, moves, player.stop, text);
  return {
    link,
    augment,
    show() {
      link.show();
      bar.show();
      difference.show();
      augment.show();
      placePlayhead(playhead, layout, model);
    },
  };
}

/** Where the other view is heard; what is heard here has a playhead of its own. */
function placePlayhead(mark: HTMLElement, { stage }: Layout, model: ViewModel): void {
  const { linkedPlaySec, playing } = model.live.state;
  const width = stage.clientWidth;
  const px = linkedPlaySec === undefined ? Number.NaN : timeScale(viewportOf(model), width).toPx(linkedPlaySec);
  mark.hidden = playing || !(px >= 0 && px <= width);
  if (!mark.hidden) mark.style.transform = `translateX(${px}px)`;
}
