import { formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton } from '../../ui/toolkit.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { Announcer } from './announcer.ts';
import type { HandText } from './handText.ts';
import { parsePlace } from './parsePlace.ts';
import { panBy } from './viewport.ts';

export interface GoToField {
  readonly element: HTMLElement;
  open(): void;
}

/** A small field for a time to go to; what is wrong with it stands beside it. */
export function createGoToField(model: ViewModel, text: HandText, announcer: Announcer, back: () => void): GoToField {
  const input = element('input', {
    class: 'go-to-input',
    attributes: { id: 'go-to', type: 'text', autocomplete: 'off', spellcheck: 'false' },
  });
  input.setAttribute('aria-describedby', 'go-to-wrong go-to-hint');
  const wrong = element('p', { class: 'go-to-wrong', role: 'alert', attributes: { id: 'go-to-wrong' } });
  // No form: a webview that may not submit any gets no word of Enter in one.
  const box = element(
    'div',
    { class: 'go-to', role: 'dialog', label: text.goTo.replace('…', ''), attributes: { hidden: '' } },
    element('label', { text: text.goToLabel, attributes: { for: 'go-to' } }),
    input,
    createButton({ icon: 'close', label: model.text.close, onPress: () => close() }),
    wrong,
    element('p', { class: 'go-to-hint quiet', text: text.goToHint, attributes: { id: 'go-to-hint' } }),
  );
  const complain = (words: string) => {
    wrong.textContent = words;
    wrong.hidden = words === '';
    input.setAttribute('aria-invalid', String(words !== ''));
  };
  const close = () => {
    if (box.hidden) return;
    box.hidden = true;
    back();
  };
  const go = () => {
    const { durationSec } = model.limits;
    const { features } = model.picture;
    const { facts } = model.clip;
    const scale = {
      durationSec,
      sampleRateHz: facts.sampleRateHz,
      hopSec: features.hopSamples / features.sampleRateHz,
    };
    const place = parsePlace(input.value, { ...scale, fromSec: model.state.state.cursorSec });
    if ('wrong' in place) return complain(fill(text.wrong[place.wrong], formatTime(durationSec)));
    goTo(model, place.sec);
    close();
    announcer.say(fill(text.went, formatTime(place.sec)));
  };
  input.addEventListener('input', () => complain(''));
  box.addEventListener('keydown', (event) => {
    // Letters are the field's; Ctrl and Cmd may be the workbench's: pasting, for one.
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && event.target === input && !event.isComposing) go();
    else return;
    event.preventDefault();
  });
  box.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !box.contains(relatedTarget)) box.hidden = true;
  });
  return {
    element: box,
    open() {
      complain('');
      input.value = formatTime(model.state.state.cursorSec);
      box.hidden = false;
      input.focus();
      input.select();
    },
  };
}

/** Puts the cursor there, in the middle of the view if it was out of sight. */
export function goTo(model: ViewModel, sec: number): void {
  const viewport = viewportOf(model);
  const middleSec = (viewport.startSec + viewport.endSec) / 2;
  const seen = sec >= viewport.startSec && sec <= viewport.endSec;
  model.state.update({ cursorSec: sec, ...(seen ? {} : { viewport: panBy(viewport, sec - middleSec, model.limits) }) });
}
