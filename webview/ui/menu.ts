import { element } from './elements.ts';
import { createIcon, type IconName } from './icons.ts';
import { itemAfterKey } from './menuKeys.ts';
import { type ButtonOptions, createButton } from './toolkit.ts';

/** One row of a menu. */
export type MenuItem =
  | { kind: 'separator' }
  /** Names the rows that follow, up to the next separator or heading. */
  | { kind: 'heading'; text: string }
  | (MenuRow & { kind: 'command' })
  /** Stays open, so that several can be changed at once. */
  | (MenuRow & { kind: 'checkbox' | 'radio'; checked: boolean });

interface MenuRow {
  text: string;
  icon?: IconName;
  /** Keys that do the same, as they are written: "Ctrl+E". */
  keys?: string;
  disabled?: boolean;
  /** A tooltip: what it does, or why it is disabled. */
  title?: string;
  onPress(): void;
}

type PressableItem = Exclude<MenuItem, { kind: 'separator' | 'heading' }>;

export interface MenuButtonOptions extends Omit<ButtonOptions, 'onPress'> {
  label: string;
  /** Asked each time the menu opens, and again after a checkbox or radio was pressed. */
  items(): MenuItem[];
}

const focusable = '[role^=menuitem]';

/** A button that opens a menu: arrows, Home, End, first letters, Enter, Space, Esc and Tab, as in menus of the system. */
export function createMenuButton({ items, ...options }: MenuButtonOptions): HTMLElement {
  const holder = element('span', { class: 'menu-holder' });
  const button = createButton({ ...options, onPress: () => (menu.isOpen ? menu.close() : menu.open()) });
  button.setAttribute('aria-haspopup', 'menu');
  const menu = createMenu(options.label, items, button, (open) => button.setAttribute('aria-expanded', String(open)));
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    menu.open(event.key === 'ArrowUp' ? 'last' : 'first');
  });
  holder.append(button, menu.element);
  return holder;
}

export interface Menu {
  readonly element: HTMLElement;
  readonly isOpen: boolean;
  open(at?: 'first' | 'last'): void;
  /** Gives the focus back unless it has gone elsewhere. */
  close(): void;
}

/** A menu under `anchor`; the element must be put into the page by the caller. */
export function createMenu(
  label: string,
  items: () => MenuItem[],
  anchor: HTMLElement,
  changed: (open: boolean) => void = () => {},
): Menu {
  // In the top layer nothing clips it, wherever the button is.
  const list = element('div', {
    class: 'menu',
    role: 'menu',
    label,
    attributes: { popover: 'manual', tabindex: '-1' },
  });
  let isOpen = false;
  const rows = () => [...list.querySelectorAll<HTMLElement>(focusable)];
  const press = (item: PressableItem, index: number) => {
    if (item.disabled) return;
    if (item.kind === 'command') close();
    item.onPress();
    if (item.kind === 'command') return;
    fillMenu(list, items(), press);
    rows()[index]?.focus();
  };
  const outside = (event: Event) => {
    const path = event.composedPath();
    if (!path.includes(list) && !path.includes(anchor)) close();
  };
  const watch = (begin: boolean) => {
    const act = begin ? 'addEventListener' : 'removeEventListener';
    document[act]('pointerdown', outside, true);
    window[act]('blur', close);
    window[act]('resize', close);
  };
  function open(at: 'first' | 'last' = 'first'): void {
    if (!isOpen) {
      fillMenu(list, items(), press);
      list.showPopover();
      placeUnder(list, anchor);
      watch(true);
      isOpen = true;
      changed(true);
    }
    (rows().at(at === 'first' ? 0 : -1) ?? list).focus();
  }
  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    watch(false);
    const focused = list.contains(document.activeElement);
    list.hidePopover();
    changed(false);
    if (focused) anchor.focus();
  }
  list.addEventListener('keydown', (event) => {
    // No key of an open menu is one of the page.
    event.stopPropagation();
    if (event.key === 'Tab') return close();
    const all = rows();
    const next = itemAfterKey(
      event,
      all.map((row) => row.dataset.text ?? ''),
      all.indexOf(document.activeElement as HTMLElement),
    );
    if (event.key === 'Escape') close();
    else if (next !== undefined) all[next]?.focus();
    else return;
    event.preventDefault();
  });
  return {
    element: list,
    open,
    close,
    get isOpen() {
      return isOpen;
    },
  };
}

const roles = { command: 'menuitem', checkbox: 'menuitemcheckbox', radio: 'menuitemradio' } as const;

function fillMenu(list: HTMLElement, items: MenuItem[], press: (item: PressableItem, index: number) => void): void {
  let group = list;
  let count = 0;
  list.replaceChildren();
  for (const item of items) {
    if (item.kind === 'separator') {
      list.append(element('div', { class: 'menu-separator', role: 'separator' }));
      group = list;
    } else if (item.kind === 'heading') {
      const heading = element('div', { class: 'menu-heading', text: item.text, attributes: { 'aria-hidden': 'true' } });
      group = element('div', { role: 'group', label: item.text }, heading);
      list.append(group);
    } else {
      const index = count++;
      const row = createRow(item);
      row.addEventListener('click', () => press(item, index));
      // One row is marked at a time, by the pointer or by keys.
      row.addEventListener('pointermove', () => row.focus({ preventScroll: true }));
      group.append(row);
    }
  }
}

function createRow(item: PressableItem): HTMLElement {
  const { kind, text, icon, keys, disabled, title = '' } = item;
  const mark = element('span', { class: 'menu-mark', attributes: { 'aria-hidden': 'true' } });
  const shown = kind === 'command' ? icon : item.checked ? (kind === 'radio' ? 'radio' : 'check') : undefined;
  if (shown) mark.append(createIcon(shown));
  const row = element(
    'button',
    { class: 'menu-row', role: roles[kind], title, attributes: { type: 'button', tabindex: '-1' } },
    mark,
    element('span', { class: 'menu-text', text }),
    keys ? element('kbd', { class: 'menu-keys', text: keys, attributes: { 'aria-hidden': 'true' } }) : undefined,
  );
  row.dataset.text = text;
  row.setAttribute('aria-label', text);
  if (kind !== 'command') row.setAttribute('aria-checked', String(item.checked));
  if (keys) row.setAttribute('aria-keyshortcuts', keys);
  if (disabled) row.setAttribute('aria-disabled', 'true');
  return row;
}

const edgePx = 4;

/** Below the anchor, or above it where there is more room; never off the page. */
function placeUnder(list: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const below = innerHeight - at.bottom - edgePx;
  const above = at.top - edgePx;
  const up = list.scrollHeight > below && above > below;
  list.style.maxHeight = `${Math.max(60, up ? above : below) - 4}px`;
  const { width, height } = list.getBoundingClientRect();
  list.style.left = `${Math.max(edgePx, Math.min(at.left, innerWidth - width - edgePx))}px`;
  list.style.top = `${up ? at.top - height - 2 : at.bottom + 2}px`;
}
