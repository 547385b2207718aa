import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createIcon } from '../ui/icons.ts';
import { problemItem, sentence } from './details.ts';
import type { Layout } from './layout.ts';
import { problemsOf, type ViewModel } from './viewModel.ts';

/** One line over the lanes for what is odd about the file; it opens to the whole list. */
export function createProblemBanner(layout: Layout, model: ViewModel): { show(): void } {
  let shown = '';
  return {
    show() {
      const found = problemsOf(model);
      const notable = found.filter(({ severity }) => severity !== 'info');
      layout.problems.hidden = notable.length === 0;
      const key = JSON.stringify(found);
      if (key === shown) return;
      shown = key;
      const first = notable[0];
      if (!first) return;
      const icon = element('span', { class: `problem-icon ${first.severity}` });
      icon.append(createIcon(first.severity === 'error' ? 'error' : 'warning'));
      const more = found.length > 1 ? ` (${fill(model.text.moreProblems, found.length - 1)})` : '';
      const summary = element('summary', {}, icon, element('span', { text: sentence(first.message) + more }));
      const list = element('ul', { class: 'problem-list' }, ...found.map(problemItem));
      layout.problems.replaceChildren(element('details', {}, summary, list));
    },
  };
}
