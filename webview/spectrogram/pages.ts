import type { View } from './view.ts';

/** What fills the window: a view, or a page that says why there is none. */
export interface Pages {
  readonly view: View | undefined;
  showPage(page: HTMLElement): void;
  /** In the place of another view only once it has something to show: a recording that grows does not flicker. */
  showView(next: View): void;
}

/** Whatever has not come by then is waited for in sight. */
const longestMs = 1500;

export function createPages(root: HTMLElement): Pages {
  let view: View | undefined;
  let finish = () => {};
  return {
    get view() {
      return view;
    },
    showPage(page) {
      finish();
      view?.dispose();
      view = undefined;
      root.replaceChildren(page);
    },
    showView(next) {
      finish();
      const old = view;
      view = next;
      old?.dispose();
      if (!old) return root.replaceChildren(next.element);
      // Its last picture stays, and does nothing any more.
      old.element.className = 'view-leaving';
      old.element.inert = true;
      next.element.classList.add('view-arriving');
      root.append(next.element);
      finish = whenPainted(next.element, () => {
        next.element.classList.remove('view-arriving');
        // It alone: moving the new one would take its focus and close what is open in it.
        old.element.remove();
      });
    },
  };
}

/** Calls back once; returns what does so at once. */
function whenPainted(element: HTMLElement, painted: () => void): () => void {
  let done = false;
  const finish = () => {
    if (done) return;
    done = true;
    observer.disconnect();
    clearTimeout(timer);
    painted();
  };
  const observer = new MutationObserver(() => {
    if (element.dataset.state === 'coarse' || element.dataset.state === 'settled') finish();
  });
  observer.observe(element, { attributeFilter: ['data-state'] });
  const timer = setTimeout(finish, longestMs);
  return finish;
}
