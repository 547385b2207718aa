import {
  type Button,
  type Dropdown,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { decorate, type ElementOptions, element } from './elements.ts';
import { createIcon, type IconName } from './icons.ts';

let registered = false;
function register(): void {
  if (registered) return;
  registered = true;
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeProgressRing());
}

export interface ButtonOptions extends ElementOptions {
  icon?: IconName;
  appearance?: 'primary' | 'secondary' | 'icon';
  onPress(): void;
}

/** A button of VS Code's look; with an icon only, its label is its name and its tooltip. */
export function createButton({ icon, appearance = 'icon', onPress, text, ...options }: ButtonOptions): Button {
  register();
  const button = document.createElement('vscode-button') as Button;
  button.setAttribute('appearance', appearance);
  decorate(button, { ...options, title: options.title ?? options.label ?? '' });
  if (icon) {
    const image = createIcon(icon);
    if (text) image.setAttribute('slot', 'start');
    button.append(image);
  }
  // The toolkit makes every slotted span as wide as an icon.
  if (text) button.append(element('bdi', { class: 'button-text', text }));
  button.addEventListener('click', onPress);
  return button;
}

/** Another icon and name for the same button. */
export function changeButton(button: HTMLElement, icon: IconName, label: string): void {
  button.querySelector('svg')?.replaceWith(createIcon(icon));
  button.setAttribute('aria-label', label);
  button.setAttribute('title', label);
}

export interface DropdownOptions {
  label: string;
  choices: { value: string; text: string }[];
  value: string;
  onChange(value: string): void;
}

export function createDropdown({ label, choices, value, onChange }: DropdownOptions): Dropdown {
  register();
  const dropdown = document.createElement('vscode-dropdown') as Dropdown;
  decorate(dropdown, { label, title: label });
  for (const choice of choices) {
    const option = document.createElement('vscode-option');
    decorate(option, { text: choice.text, attributes: { value: choice.value } });
    if (choice.value === value) option.setAttribute('selected', '');
    dropdown.append(option);
  }
  dropdown.addEventListener('change', () => onChange(dropdown.value));
  return dropdown;
}

export function createProgressRing(label: string): HTMLElement {
  register();
  const ring = document.createElement('vscode-progress-ring');
  decorate(ring, { label });
  return ring;
}
