import type { AppliedStep, AugmentPreview, AugmentSide } from '../../../src/shared/protocol/spectrogramAugment.ts';
import { formatHz, formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import { changeButton, createButton, createProgressRing } from '../../ui/toolkit.ts';
import type { Moves } from '../hand/moves.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import type { AugmentLoad } from './compareLive.ts';
import type { CompareStrings } from './strings.ts';

export interface AugmentDoings {
  setEpoch(epoch: number): void;
  setSide(side: AugmentSide): void;
  togglePlay(): void;
  again(): void;
  close(): void;
}

export interface ShownAugment {
  load: AugmentLoad;
  epoch: number;
  side: AugmentSide;
  playing: boolean;
  /** The cursor has left what is shown. */
  elsewhere: boolean;
}

/** Epoch, what was drawn for it, and how it sounds. */
export function createAugmentPanel(
  layout: Layout,
  model: ViewModel,
  moves: Moves,
  text: CompareStrings,
  doings: AugmentDoings,
): { show(shown: ShownAugment | undefined): void } {
  const controls = createControls(text, doings);
  const source = element('span', { class: 'augment-source quiet' });
  // Read out when it changes.
  const list = element('div', { class: 'augment-list', attributes: { 'aria-live': 'polite' } });
  const close = createButton({ icon: 'close', label: text.closeAugment, onPress: doings.close });
  const head = element('div', { class: 'augment-head' }, ...controls.elements, source, close);
  const panel = element('section', { class: 'augment', label: text.augment }, head, list);
  layout.results.before(panel);
  let key: unknown[] = [];
  return {
    show(shown) {
      panel.hidden = !shown;
      if (!shown) return;
      controls.show(shown);
      const { load } = shown;
      const now = [load, shown.elsewhere];
      if (now.every((one, i) => one === key[i])) return;
      key = now;
      const preview = load.kind === 'loaded' ? load.loaded.preview : undefined;
      if (preview) source.textContent = sourceText(preview, text);
      list.replaceChildren(
        ...(preview ? loadedRows(preview, model, moves, text) : [waitingRow(load, model, text)]),
        ...(shown.elsewhere
          ? [createButton({ text: text.atCursor, appearance: 'secondary', onPress: doings.again })]
          : []),
      );
    },
  };
}

function createControls(text: CompareStrings, doings: AugmentDoings) {
  const epoch = element('input', {
    class: 'augment-epoch',
    label: text.epoch,
    attributes: { type: 'number', min: '1', max: '100000', step: '1' },
  });
  const current = () => Math.max(1, Math.round(Number(epoch.value)) || 1);
  epoch.addEventListener('change', () => doings.setEpoch(current()));
  const step = (by: number) => () => doings.setEpoch(Math.max(1, current() + by));
  const earlier = createButton({ icon: 'back', label: text.earlierEpoch, onPress: step(-1) });
  const later = createButton({ icon: 'forward', label: text.laterEpoch, onPress: step(1) });
  const play = createButton({ icon: 'play', label: text.playAugmented, onPress: doings.togglePlay });
  let side: AugmentSide = 'augmented';
  const original = createButton({
    text: text.original,
    title: text.originalHint,
    appearance: 'secondary',
    class: 'augment-original',
    onPress: () => doings.setSide(side === 'plain' ? 'augmented' : 'plain'),
  });
  const label = element('span', { text: text.epoch, attributes: { 'aria-hidden': 'true' } });
  const stepper = element('span', { class: 'augment-stepper' }, earlier, label, epoch, later);
  return {
    elements: [stepper, play, original],
    show(shown: ShownAugment) {
      side = shown.side;
      if (document.activeElement !== epoch) epoch.value = String(shown.epoch);
      earlier.toggleAttribute('disabled', shown.epoch <= 1);
      const can = shown.load.kind === 'loaded';
      play.toggleAttribute('disabled', !can);
      original.toggleAttribute('disabled', !can);
      const plain = side === 'plain';
      original.setAttribute('aria-pressed', String(plain));
      original.classList.toggle('pressed', plain);
      const name = shown.playing ? text.stopAugmented : plain ? text.playOriginal : text.playAugmented;
      if (play.getAttribute('aria-label') !== name) changeButton(play, shown.playing ? 'stop' : 'play', name);
    },
  };
}

function sourceText({ config, utterance, seed }: AugmentPreview, text: CompareStrings): string {
  return utterance
    ? fill(text.trainedOn, config, utterance.manifest, utterance.line, seed)
    : fill(text.notTrainedOn, config, seed);
}

function waitingRow(load: AugmentLoad, { remote }: ViewModel, text: CompareStrings): HTMLElement {
  if (load.kind === 'failed') {
    const { message, action } = load.answer;
    const titles = { newExperiment: text.newExperiment, showLog: text.showLog };
    const button =
      action &&
      createButton({
        text: titles[action],
        onPress: () => void remote.runAction(action).catch(() => {}),
        appearance: 'secondary',
      });
    return element(
      'div',
      { class: 'augment-note', role: 'alert' },
      warning(),
      element('span', { text: message }),
      button,
    );
  }
  const share = load.kind === 'loading' ? load.share : undefined;
  const label = share === undefined ? text.augmenting : fill(text.measuring, Math.round(share * 100));
  return element('div', { class: 'augment-note' }, createProgressRing(label), element('span', { text: label }));
}

function loadedRows(preview: AugmentPreview, model: ViewModel, moves: Moves, text: CompareStrings): HTMLElement[] {
  const steps = preview.applied.map((step) => {
    const label = stepText(step, text);
    const stretch = step.kind === 'timeMask' ? step : undefined;
    if (!stretch) return element('li', { class: 'augment-step', text: label });
    const button = element('button', {
      class: 'augment-mask',
      text: label,
      title: text.showMask,
      attributes: { type: 'button' },
    });
    button.addEventListener('click', () => {
      moves.select(stretch);
      model.state.update({ cursorSec: stretch.startSec });
    });
    return element('li', { class: 'augment-step' }, button);
  });
  const nothing = preview.idle ? fill(text.idle, preview.config) : text.untouched;
  const rows = [
    steps.length > 0
      ? element('ul', { class: 'augment-steps', label: text.applied }, ...steps)
      : element('div', { class: 'augment-note', text: nothing }),
  ];
  for (const note of preview.notes)
    rows.push(element('div', { class: 'augment-note' }, warning(), element('span', { text: note })));
  return rows;
}

function warning(): HTMLElement {
  const icon = element('span', { class: 'problem-icon warning' });
  icon.append(createIcon('warning'));
  return icon;
}

function stepText(step: AppliedStep, text: CompareStrings): string {
  const signed = (value: number, digits: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
  switch (step.kind) {
    case 'speed':
      return fill(text.speed, step.factor);
    case 'noise':
      return step.name === undefined
        ? fill(text.whiteNoise, step.snrDb.toFixed(1))
        : fill(text.noise, step.name, step.snrDb.toFixed(1));
    case 'gain':
      return fill(text.gain, signed(step.gainDb, 1));
    case 'warp':
      return fill(text.warp, formatTime(step.fromSec), formatTime(step.toSec));
    case 'timeMask':
      return fill(text.timeMask, formatTime(step.startSec, 2), formatTime(step.endSec, 2));
    case 'bandMask': {
      const bins = fill(text.bandMask, step.firstBin, step.endBin - 1);
      const { lowHz, highHz } = step;
      return lowHz === undefined || highHz === undefined ? bins : `${bins} (${formatHz(lowHz)} – ${formatHz(highHz)})`;
    }
  }
}
