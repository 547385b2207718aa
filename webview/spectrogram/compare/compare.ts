import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import { createLink, type Link } from './link.ts';
import { createLinkBar } from './linkBar.ts';
import { compareStringsFor } from './strings.ts';

/** What a view has to do with others. */
export interface Compare {
  readonly link: Link;
  show(): void;
}

/** `repaint` is asked for where the lanes' extent has changed. */
export function createCompare(layout: Layout, model: ViewModel, repaint: () => void): Compare {
  const text = compareStringsFor(document.documentElement.lang);
  const link = createLink(model, repaint);
  const bar = createLinkBar(layout, model, link, text);
  return {
    link,
    show() {
      link.show();
      bar.show();
    },
  };
}
