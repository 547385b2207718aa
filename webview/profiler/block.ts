import { element } from '../ui/elements.ts';
import type { Section, ShownRun } from './section.ts';

/** A section as a block that opens and closes. It is updated only while it is open and on the screen. */
export interface Block {
  readonly id: string;
  readonly element: HTMLElement;
  show(runs: readonly ShownRun[]): void;
  reveal(): void;
  dispose(): void;
}

/** `headerPx` is the height of what stays above the sections. */
export function createBlock(
  section: Section,
  open: boolean,
  toggled: (open: boolean) => void,
  headerPx: () => number,
): Block {
  const summary = element('summary', {}, element('h2', { text: section.title }));
  const root = element(
    'details',
    { class: 'block', attributes: { 'data-section': section.id } },
    summary,
    section.element,
  );
  root.open = open;
  let runs: readonly ShownRun[] = [];
  let [onScreen, stale] = [false, false];
  const paint = () => {
    if (!stale || !onScreen || !root.open) return;
    stale = false;
    section.update(runs);
  };
  const watcher = new IntersectionObserver(
    (entries) => {
      onScreen = entries.at(-1)?.isIntersecting === true;
      paint();
    },
    // A little before it comes into sight.
    { rootMargin: '120px' },
  );
  watcher.observe(root);
  root.addEventListener('toggle', () => {
    toggled(root.open);
    paint();
  });
  return {
    id: section.id,
    element: root,
    show(next) {
      runs = next;
      stale = true;
      paint();
    },
    reveal() {
      root.open = true;
      // Not `scrollIntoView`, which would also move the frame around the page.
      const page = document.scrollingElement;
      if (page) page.scrollTop += root.getBoundingClientRect().top - headerPx();
    },
    dispose() {
      watcher.disconnect();
      section.dispose();
    },
  };
}
