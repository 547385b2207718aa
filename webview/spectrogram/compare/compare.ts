import type { Player } from '../../ui/player.ts';
import type { Moves } from '../hand/moves.ts';
import type { Layout } from '../layout.ts';
import type { Lanes } from '../picture/lanes.ts';
import type { ViewModel } from '../viewModel.ts';
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
  const augment = createAugment(layout, model, moves, player.stop, text);
  return {
    link,
    augment,
    show() {
      link.show();
      bar.show();
      difference.show();
      augment.show();
    },
  };
}
