import { element } from '../../ui/elements.ts';

export interface ChoiceOptions<T extends string> {
  label: string;
  choices: readonly { value: T; text: string }[];
  value: T;
  onChange(value: T): void;
}

let groups = 0;

/** A row of alternatives of which one is chosen: radio buttons, so that arrow keys and readers work as everywhere. */
export function createChoice<T extends string>({ label, choices, value, onChange }: ChoiceOptions<T>): HTMLElement {
  const name = `choice-${groups++}`;
  const options = choices.map((choice) => {
    const input = element('input', { attributes: { type: 'radio', name, value: choice.value } });
    input.checked = choice.value === value;
    input.addEventListener('change', () => onChange(choice.value));
    return element('label', { class: 'choice-option' }, input, element('span', { text: choice.text }));
  });
  return element('div', { class: 'choice', role: 'radiogroup', label }, ...options);
}
