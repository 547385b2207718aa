export interface ElementOptions {
  class?: string;
  text?: string;
  /** Accessible name. */
  label?: string;
  role?: string;
  title?: string;
  attributes?: Record<string, string>;
}

/** Makes an element; text is only ever text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: ElementOptions = {},
  ...children: (Node | undefined)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  decorate(made, options);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export function decorate(target: Element, options: ElementOptions): void {
  if (options.class) target.setAttribute('class', options.class);
  if (options.text !== undefined) target.textContent = options.text;
  if (options.label) target.setAttribute('aria-label', options.label);
  if (options.role) target.setAttribute('role', options.role);
  if (options.title) target.setAttribute('title', options.title);
  for (const [name, value] of Object.entries(options.attributes ?? {})) target.setAttribute(name, value);
}
