import { type PictureField, pictureProblems } from '../../../../src/dsp/picture/freePicture.ts';
import { picturePreset, presetNames } from '../../../../src/dsp/picture/picturePresets.ts';
import type { PictureConfig, PictureSettings } from '../../../../src/shared/protocol/spectrogramPicture.ts';
import { element } from '../../../ui/elements.ts';
import { fill } from '../../../ui/fill.ts';
import { createButton } from '../../../ui/toolkit.ts';
import type { ViewModel } from '../../viewModel.ts';
import { largestGainDb } from '../../viewState.ts';
import { type PictureStrings, pictureStringsFor } from '../pictureStrings.ts';
import { featuresText, freeFrom, pictureName, presetOf } from './pictureNames.ts';
import { createSettingsForm, type SettingsForm } from './settingsForm.ts';

/** Another picture is another view; what the user was at when it was made goes on in the new one. */
let at: PictureField | 'what' | undefined;

/** A button that opens the choice of features, and what they are in detail. */
export function createPictureSettings(model: ViewModel): { element: HTMLElement; show(): void; dispose(): void } {
  const text = pictureStringsFor(document.documentElement.lang);
  const { state, picture, clip } = model;
  const rateHz = clip.facts.sampleRateHz;
  const name = pictureName(state.state.picture, picture, rateHz, text);
  const panel = element('div', {
    class: 'picture-panel',
    role: 'dialog',
    label: text.heading,
    attributes: { popover: 'auto' },
  });
  const button = createButton({
    ...{ icon: 'sliders', text: name, label: fill(text.settings, name), class: 'tool-picture' },
    onPress: () => panel.togglePopover(),
  });
  button.setAttribute('aria-haspopup', 'dialog');
  const apply = (settings: PictureSettings, from: PictureField | 'what') => {
    at = from;
    state.update({ picture: settings, levels: undefined, bands: undefined });
  };
  const form = createSettingsForm(text, (field) => {
    const wanted = form.read();
    const problems = pictureProblems(wanted, rateHz);
    form.complain(problems);
    if (problems.length === 0) apply(wanted, field);
  });
  const what = createWhat(model, text, (settings) => apply(settings, 'what'));
  const head = element(
    'div',
    { class: 'picture-head' },
    element('h2', { text: text.heading }),
    createButton({ icon: 'close', label: text.close, onPress: () => panel.hidePopover() }),
  );
  panel.append(head, what.element, detailsOf(model, form, text), gainRow(model, text));
  const holder = element('span', { class: 'picture-holder' }, button, panel);
  panel.addEventListener('toggle', (event) => {
    const open = (event as ToggleEvent).newState === 'open';
    button.setAttribute('aria-expanded', String(open));
    if (open) place(panel, button);
    else if (panel.isConnected) at = undefined;
    if (open) void what.fill();
  });
  let shown = false;
  return {
    element: holder,
    show() {
      if (shown) return;
      shown = true;
      if (at === undefined) return;
      const field = at;
      panel.showPopover();
      if (field === 'what') what.focus();
      else form.focus(field);
    },
    dispose() {
      // Closing by being taken away does not count as the user's.
      panel.remove();
    },
  };
}

function place(panel: HTMLElement, button: HTMLElement): void {
  const box = button.getBoundingClientRect();
  panel.style.top = `${box.bottom + 4}px`;
  panel.style.left = `${Math.max(4, Math.min(box.left, innerWidth - panel.offsetWidth - 4))}px`;
  panel.style.maxHeight = `${innerHeight - box.bottom - 12}px`;
}

/** The fields of a free picture; of a training one what it is. */
function detailsOf({ state, picture, clip }: ViewModel, form: SettingsForm, text: PictureStrings): HTMLElement {
  const settings = state.state.picture;
  if (settings.kind === 'training')
    return element('p', { class: 'quiet', text: featuresText(picture.features, text.asModel, text) });
  form.write(settings);
  form.complain(pictureProblems(settings, clip.facts.sampleRateHz));
  return form.element;
}

/** How bright the picture is; it changes no features. */
function gainRow({ state }: ViewModel, text: PictureStrings): HTMLElement {
  const range = { type: 'range', min: String(-largestGainDb), max: String(largestGainDb), step: '1' };
  const input = element('input', { attributes: { ...range, id: 'picture-gain' } });
  const value = element('output', { attributes: { for: input.id } });
  const show = ({ gainDb }: { gainDb: number }) => {
    input.value = String(gainDb);
    value.textContent = `${gainDb < 0 ? '−' : '+'}${Math.abs(gainDb)} dB`;
  };
  input.addEventListener('input', () => state.update({ gainDb: input.valueAsNumber }));
  state.subscribe(show);
  show(state.state);
  const label = element('label', { text: text.gain, attributes: { for: input.id } });
  return element('div', { class: 'picture-field picture-gain' }, label, input, value);
}

/** The choice between configs, presets and own settings. */
function createWhat(
  { state, picture, clip, remote }: ViewModel,
  text: PictureStrings,
  choose: (settings: PictureSettings) => void,
) {
  const rateHz = clip.facts.sampleRateHz;
  const now = state.state.picture;
  const select = element('select', { attributes: { id: 'picture-what' } });
  const option = (value: string, name: string) => element('option', { text: name, attributes: { value } });
  const group = (label: string, ...options: HTMLElement[]) =>
    element('optgroup', { attributes: { label } }, ...options);
  const build = (configs: PictureConfig[]) => {
    const own = configs.find((config) => config.own);
    const chosen = now.kind === 'training' ? now.config : undefined;
    const ownName = own?.name ?? (chosen === undefined ? picture.config?.name : undefined) ?? text.defaults;
    const known = configs.some(({ config }) => config === chosen);
    const others = configs.filter((config) => !config.own);
    const lost = chosen !== undefined && !known ? [option(`config ${chosen}`, fill(text.otherConfig, chosen))] : [];
    select.replaceChildren(
      group(
        text.modelGroup,
        option('own', fill(text.modelSees, ownName)),
        ...others.map(({ config, name }) => option(`config ${config}`, fill(text.otherConfig, `${name}, ${config}`))),
        ...lost,
      ),
      group(text.presetGroup, ...presetNames.map((name) => option(name, text.presets[name])), option('free', text.own)),
    );
    const isOwn = chosen === undefined || chosen === own?.config;
    select.value = now.kind === 'free' ? (presetOf(now, rateHz) ?? 'free') : isOwn ? 'own' : `config ${chosen}`;
  };
  build([]);
  select.addEventListener('change', () => {
    const preset = presetNames.find((name) => name === select.value);
    if (preset) choose(picturePreset(preset, rateHz));
    else if (select.value === 'own') choose({ kind: 'training' });
    else if (select.value === 'free') choose(now.kind === 'free' ? { ...now } : freeFrom(picture.features, rateHz));
    else choose({ kind: 'training', config: select.value.slice('config '.length) });
  });
  const label = element('label', { text: text.what, attributes: { for: select.id } });
  return {
    element: element('div', { class: 'picture-field' }, label, select),
    fill: () => remote.pictureConfigs().then(build, () => {}),
    focus: () => select.focus(),
  };
}
