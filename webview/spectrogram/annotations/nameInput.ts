import { element } from '../../ui/elements.ts';

/** How writing a name ended. */
export type NameEnd = 'enter' | 'escape' | 'next' | 'previous' | 'blur';

export interface NameInput {
  readonly element: HTMLInputElement;
  /** Puts it over what is named. */
  place(leftPx: number, topPx: number, widthPx: number): void;
}

/**
 * A line to write a name in: Enter and leaving it keep what was written, Esc does not, Tab goes on. Keys that an input
 * method composes with are left to it, and undoing while writing undoes the writing.
 */
export function createNameInput(
  label: string,
  value: string,
  done: (text: string | undefined, end: NameEnd) => void,
): NameInput {
  const input = element('input', {
    class: 'name-input',
    label,
    attributes: { type: 'text', spellcheck: 'false', dir: 'auto' },
  });
  input.value = value;
  // An input holds one line; what was not touched must not be changed by that.
  const untouched = input.value;
  let ended = false;
  const end = (how: NameEnd) => {
    if (ended) return;
    ended = true;
    done(how === 'escape' ? undefined : input.value === untouched ? value : input.value, how);
  };
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return event.stopPropagation();
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === 's') end('enter');
      // The workbench would undo in the document.
      if (['z', 'y', 'a'].includes(key)) event.stopPropagation();
      return;
    }
    event.stopPropagation();
    if (key !== 'enter' && key !== 'escape' && key !== 'tab') return;
    event.preventDefault();
    end(key === 'tab' ? (event.shiftKey ? 'previous' : 'next') : key);
  });
  // The whole window may lose the focus, and get it back.
  input.addEventListener('blur', () => document.hasFocus() && end('blur'));
  for (const name of ['pointerdown', 'dblclick']) input.addEventListener(name, (event) => event.stopPropagation());
  return {
    element: input,
    place(leftPx, topPx, widthPx) {
      input.style.left = `${leftPx}px`;
      input.style.top = `${topPx}px`;
      input.style.width = `${widthPx}px`;
    },
  };
}
