import { fftSizes, type PictureField, type PictureProblem } from '../../../../src/dsp/picture/freePicture.ts';
import { type FreePicture, windowKinds } from '../../../../src/shared/protocol/spectrogramPicture.ts';
import { element } from '../../../ui/elements.ts';
import { fill } from '../../../ui/fill.ts';
import type { PictureStrings } from '../pictureStrings.ts';

/** Fields of a free picture, each with the message of what is wrong with it. */
export interface SettingsForm {
  readonly element: HTMLElement;
  /** What the fields say, right or wrong. */
  read(): FreePicture;
  write(settings: FreePicture): void;
  /** Messages beside the fields; none clears them. */
  complain(problems: PictureProblem[]): void;
  focus(field: PictureField): void;
}

type Input = HTMLInputElement | HTMLSelectElement;

/** Calls back when the user has changed a field. */
export function createSettingsForm(text: PictureStrings, changed: (field: PictureField) => void): SettingsForm {
  const numbers = ['windowMs', 'hopMs', 'bands', 'lowHz', 'highHz', 'floorDb'] as const;
  const inputs = {
    scale: choice(Object.entries(text.scales)),
    fftSize: choice(fftSizes.map((size) => [String(size), String(size)])),
    window: choice(windowKinds.map((kind) => [kind, text.windows[kind]])),
    ...(Object.fromEntries(numbers.map((name) => [name, numberInput()])) as Record<
      (typeof numbers)[number],
      HTMLInputElement
    >),
  } satisfies Record<PictureField, Input>;
  inputs.highHz.placeholder = text.highest;
  const order: PictureField[] = [
    'scale',
    'bands',
    'fftSize',
    'window',
    'windowMs',
    'hopMs',
    'lowHz',
    'highHz',
    'floorDb',
  ];
  const messages = {} as Record<PictureField, HTMLElement>;
  const rows = {} as Record<PictureField, HTMLElement>;
  for (const name of order) {
    const input: Input = inputs[name];
    input.id = `picture-${name}`;
    input.addEventListener('change', () => changed(name));
    messages[name] = element('span', { class: 'picture-message', attributes: { id: `picture-${name}-message` } });
    const label = element('label', { text: text[name], attributes: { for: input.id } });
    rows[name] = element('div', { class: 'picture-field' }, label, input, messages[name]);
  }
  const arrange = () => {
    rows.bands.hidden = inputs.scale.value === 'linear';
  };
  inputs.scale.addEventListener('change', arrange);
  const numberOf = (name: (typeof numbers)[number]) => inputs[name].valueAsNumber;
  return {
    element: element('div', { class: 'picture-fields' }, ...order.map((name) => rows[name])),
    read: () => ({
      kind: 'free',
      scale: inputs.scale.value as FreePicture['scale'],
      fftSize: Number(inputs.fftSize.value),
      window: inputs.window.value as FreePicture['window'],
      ...{ windowMs: numberOf('windowMs'), hopMs: numberOf('hopMs'), bands: Math.round(numberOf('bands')) },
      ...{ lowHz: numberOf('lowHz'), floorDb: numberOf('floorDb') },
      highHz: inputs.highHz.value === '' && !inputs.highHz.validity.badInput ? null : numberOf('highHz'),
    }),
    write(settings) {
      for (const name of order) inputs[name].value = settings[name] === null ? '' : String(settings[name]);
      arrange();
    },
    complain(problems) {
      for (const name of order) {
        const found = problems.find(({ field }) => field === name);
        messages[name].textContent = found ? fill(text.rules[found.rule], ...found.values) : '';
        inputs[name].toggleAttribute('aria-invalid', false);
        if (!found) inputs[name].removeAttribute('aria-describedby');
        else {
          inputs[name].setAttribute('aria-invalid', 'true');
          inputs[name].setAttribute('aria-describedby', messages[name].id);
        }
      }
    },
    focus: (field) => inputs[field].focus(),
  };
}

function choice(options: (readonly [string, string])[]): HTMLSelectElement {
  return element('select', {}, ...options.map(([value, text]) => element('option', { text, attributes: { value } })));
}

const numberInput = () => element('input', { attributes: { type: 'number', step: 'any' } });
