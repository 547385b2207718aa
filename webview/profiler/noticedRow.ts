import { element } from '../ui/elements.ts';
import { createIcon } from '../ui/icons.ts';
import type { PanelParts } from './panelParts.ts';

/** Something that happened at a step, in words. */
export interface Noticed {
  step: number;
  severity: 'error' | 'warning' | 'info';
  text: string;
}

export function noticedRow({ step, severity, text: words }: Noticed, { text, pickStep }: PanelParts): HTMLElement {
  const place = element('button', { class: 'link', text: `${text.step} ${step}`, attributes: { type: 'button' } });
  place.addEventListener('click', () => pickStep(step));
  return element('li', {}, severityIcon(severity), place, element('span', { class: 'words', text: words }));
}

export function severityIcon(severity: Noticed['severity']): HTMLElement {
  return element('span', { class: `severity ${severity}` }, createIcon(severity));
}
