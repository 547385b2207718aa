import { element } from '../../ui/elements.ts';
import { createIcon } from '../../ui/icons.ts';
import type { ViewModel } from '../viewModel.ts';
import type { AnnotationStrings } from './strings.ts';

/** One line that says what is not there, and what to do about it. */
export function createEmptyTiers(holder: HTMLElement, { live }: ViewModel, text: AnnotationStrings): { show(): void } {
  const transcript = element('span', { text: text.noTranscript });
  const explanation = element('div', { class: 'searched', text: text.searched, attributes: { popover: 'auto' } });
  const ask = element(
    'button',
    {
      ...{ class: 'searched-button', label: text.whatIsFound, title: text.whatIsFound },
      attributes: { type: 'button', 'aria-expanded': 'false' },
    },
    createIcon('info'),
  );
  ask.popoverTargetElement = explanation;
  explanation.addEventListener('beforetoggle', (event) => {
    const opens = event.newState === 'open';
    ask.setAttribute('aria-expanded', String(opens));
    if (!opens) return;
    const at = ask.getBoundingClientRect();
    explanation.style.left = `${Math.max(4, Math.min(at.left, innerWidth - 350))}px`;
    explanation.style.bottom = `${innerHeight - at.top + 4}px`;
  });
  const labels = element('span', { text: text.noLabels });
  const line = element('div', { class: 'tiers-empty quiet' }, transcript, ask, explanation, labels);
  holder.append(line);
  return {
    show() {
      const { annotations, tiers } = live.state;
      const has = (role: string) => annotations?.tiers.some((tier) => tier.role === role) ?? false;
      const adds = tiers.draft?.added !== undefined;
      for (const part of [transcript, ask]) part.hidden = has('reference');
      labels.hidden = has('labels') || adds;
      line.hidden = !annotations || (has('reference') && labels.hidden);
    },
  };
}
