import { createHash } from 'node:crypto';
import { showControls } from '../../shared/problem.ts';

/** What pages are made of: text is always text, whatever it holds. */
export type HtmlChild = string | HtmlElement | readonly HtmlChild[];

export interface HtmlElement {
  tag: HtmlTag;
  attributes: HtmlAttributes;
  children: readonly HtmlChild[];
}

type HtmlTag =
  | ('article' | 'aside' | 'bdi' | 'body' | 'caption' | 'code' | 'dd' | 'del' | 'div' | 'dl' | 'dt' | 'footer' | 'h1')
  | ('h2' | 'header' | 'ins' | 'li' | 'main' | 'meter' | 'nav' | 'ol' | 'p' | 'section' | 'small' | 'span' | 'strong')
  | ('a' | 'abbr' | 'table' | 'tbody' | 'td' | 'th' | 'thead' | 'tr' | 'ul');

/** No handlers, no styles, and links lead to places of the page alone. */
export interface HtmlAttributes {
  class?: string;
  id?: string;
  title?: string;
  scope?: 'col' | 'row';
  /** Id of an element of the page, without `#`. */
  to?: string;
  'aria-label'?: string;
  value?: number;
  max?: number;
}

export const element = (tag: HtmlTag, attributes: HtmlAttributes, ...children: HtmlChild[]): HtmlElement => ({
  tag,
  attributes,
  children,
});

/**
 * A whole page that needs nothing else: no script, no link outside, its style inline and named by its hash in the
 * policy, so that nothing in the data can become more than text. The only place of the engine that writes HTML.
 */
export function renderHtml(page: { title: string; style: string; body: HtmlElement }): string {
  const escapeText = (text: string) =>
    text.replace(/[^\n\t]+/g, showControls).replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
  const render = (child: HtmlChild): string => {
    if (typeof child === 'string') return escapeText(child);
    if (!('tag' in child)) return child.map(render).join('');
    const { tag, attributes, children } = child;
    const written = Object.entries(attributes).map(([name, value]) =>
      name === 'to' ? ` href="#${escapeText(String(value))}"` : ` ${name}="${escapeText(String(value))}"`,
    );
    return `<${tag}${written.join('')}>${children.map(render).join('')}</${tag}>`;
  };
  const hash = createHash('sha256').update(page.style).digest('base64');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeText(page.title)}</title>`,
    `<style>${page.style}</style>`,
    '</head>',
    render(page.body),
    '</html>',
    '',
  ].join('\n');
}
