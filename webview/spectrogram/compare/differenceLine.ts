import type { LinkState } from '../../../src/shared/protocol/spectrogramLinks.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import type { Moves } from '../hand/moves.ts';
import type { ViewModel } from '../viewModel.ts';
import { type DifferencePart, differenceParts } from './differenceText.ts';
import type { Link } from './link.ts';
import type { CompareStrings } from './strings.ts';

/** How the recording differs from the one it is linked with. */
export function createDifferenceLine(
  model: ViewModel,
  link: Link,
  moves: Moves,
  text: CompareStrings,
): { readonly element: HTMLElement; show(): void } {
  // Read out when it comes.
  const line = element('span', { class: 'compare-difference', attributes: { 'aria-live': 'polite' } });
  let asked: LinkState | undefined;
  const ask = async (key: LinkState) => {
    const slow = setTimeout(() => line.replaceChildren(partElement({ text: text.comparing }, moves, text)), 500);
    try {
      const difference = await model.remote.difference();
      if (key !== asked) return;
      const parts = difference ? differenceParts(difference, text, model.text) : [];
      line.replaceChildren(...parts.map((part) => partElement(part, moves, text)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (key === asked) line.replaceChildren(partElement({ text: fill(text.cannotCompare, reason) }, moves, text));
    } finally {
      clearTimeout(slow);
    }
  };
  return {
    element: line,
    show() {
      const now = link.link;
      if (now === asked) return;
      const others = now?.partners.join('/');
      if (others !== asked?.partners.join('/')) line.replaceChildren();
      asked = now;
      // A link is told anew when one of its recordings has changed; what is known already costs nothing.
      if (now?.partners.length === 1) void ask(now);
    },
  };
}

function partElement({ text, atSec }: DifferencePart, moves: Moves, words: CompareStrings): HTMLElement {
  if (atSec === undefined) return element('span', { class: 'compare-part', text });
  const button = element('button', {
    class: 'compare-part compare-place',
    text,
    title: words.goThere,
    attributes: { type: 'button' },
  });
  button.addEventListener('click', () => moves.moveCursor(atSec));
  return button;
}
