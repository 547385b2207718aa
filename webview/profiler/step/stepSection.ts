import { formatLoss } from '../../../src/shared/run/runStatus.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton } from '../../ui/toolkit.ts';
import { type PanelParts, tell } from '../panelParts.ts';
import type { Section, ShownRun } from '../section.ts';
import { findSpikes } from './spikes.ts';
import { createUtteranceTable } from './utteranceTable.ts';

export interface StepSection extends Section {
  focus(): void;
}

const shownSpikes = 8;

/** From a spike of the curves to the utterances that made it, and to what they sound like. */
export function createStep(parts: PanelParts): StepSection {
  const { text, state, remote } = parts;
  const chooser = createChooser(parts);
  const spikes = createSpikeList(parts);
  const caption = element('p', { class: 'step-caption', role: 'status', attributes: { tabindex: '-1' } });
  const table = createUtteranceTable(parts);
  const resume = createButton({
    text: text.resumeBefore,
    icon: 'resume',
    appearance: 'secondary',
    title: text.resumeBeforeHelp,
    onPress: () => tell(remote.resumeBefore(shown.directory, shown.step)),
  });
  const after = element(
    'div',
    { class: 'step-after' },
    resume,
    element('span', { class: 'quiet', text: text.resumeBeforeHelp }),
  );
  let shown = { directory: '', step: 0 };

  const load = async (directory: string, step: number) => {
    const mine = { directory, step };
    shown = mine;
    caption.textContent = fill(text.stepLoading, step);
    try {
      const batch = await remote.stepBatch(directory, step);
      if (shown !== mine) return;
      table.element.hidden = batch === null;
      after.hidden = false;
      caption.textContent = batch
        ? fill(text.stepOfEpoch, step, batch.epoch + 1, batch.utterances.length)
        : fill(text.stepMissing, step);
      if (batch) table.show(directory, batch);
    } catch (error) {
      if (shown === mine)
        caption.textContent = fill(text.failed, error instanceof Error ? error.message : String(error));
    }
  };
  caption.textContent = text.chooseStep;
  table.element.hidden = after.hidden = true;
  return {
    id: 'step',
    title: text.stepTitle,
    element: element(
      'div',
      { class: 'section' },
      element('div', { class: 'step-head' }, chooser.element, spikes.element),
      caption,
      table.element,
      after,
    ),
    update([run]) {
      spikes.show(run);
      const { step } = state.state;
      chooser.show(step);
      if (run && step > 0 && (run.directory !== shown.directory || step !== shown.step)) void load(run.directory, step);
    },
    focus: () => caption.focus({ preventScroll: true }),
    dispose: () => table.dispose(),
  };
}

function createChooser({ text, pickStep }: PanelParts): { element: HTMLElement; show(step: number): void } {
  const input = element('input', { label: text.stepNumber, attributes: { type: 'number', min: '1', step: '1' } });
  const form = element(
    'div',
    { class: 'step-chooser' },
    element('label', {}, element('span', { text: text.stepNumber }), input),
  );
  const choose = () => {
    const step = input.valueAsNumber;
    if (Number.isSafeInteger(step) && step > 0) pickStep(step);
  };
  input.addEventListener('keydown', ({ key }) => key === 'Enter' && choose());
  form.append(createButton({ text: text.showStep, appearance: 'secondary', onPress: choose }));
  return {
    element: form,
    show(step) {
      if (document.activeElement !== input && step > 0) input.value = String(step);
    },
  };
}

function createSpikeList({ text, pickStep }: PanelParts): { element: HTMLElement; show(run?: ShownRun): void } {
  const list = element('ul', { class: 'spikes' });
  let form = '';
  return {
    element: element('div', { class: 'part' }, element('h3', { text: text.spikes }), list),
    show(run) {
      const spikes = run ? findSpikes(run.model, shownSpikes) : [];
      const next = JSON.stringify(spikes);
      if (next === form) return;
      form = next;
      const rows = spikes.map(({ step, loss, ratio }) => {
        const words = fill(text.spike, step, formatLoss(loss), ratio.toFixed(1));
        const button = element('button', { class: 'link', text: words, attributes: { type: 'button' } });
        button.addEventListener('click', () => pickStep(step));
        return element('li', {}, button);
      });
      list.replaceChildren(...(rows.length > 0 ? rows : [element('li', { class: 'quiet', text: text.noSpikes })]));
    },
  };
}
