import type { StreamSettings } from '../../src/shared/protocol/streaming.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import type { Strings } from './strings.ts';

export interface Controls {
  readonly element: HTMLElement;
  readonly settings: StreamSettings;
  setEnabled(enabled: boolean): void;
}

const speeds = [1, 2, 4, 8, 0];
/** Left of 0 the look-ahead is the model's own. */
const ownLookAhead = -20;

/** Sliders for how a recording is played; `changed` after each move. */
export function createControls(
  initial: StreamSettings,
  text: Strings,
  changed: (settings: StreamSettings) => void,
): Controls {
  let settings = initial;
  const change = (part: Partial<StreamSettings>) => {
    settings = { ...settings, ...part };
    changed(settings);
  };
  const ms = (value: number) => fill(text.ms, value);
  const sliders = [
    createSlider({
      ...{ name: text.chunk, help: text.chunkHelp, min: 20, max: 1000, step: 20, value: settings.chunkMs, say: ms },
      change: (chunkMs) => change({ chunkMs }),
    }),
    createSlider({
      ...{ name: text.lookAhead, help: text.lookAheadHelp, min: ownLookAhead, max: 1000, step: 20 },
      value: settings.lookAheadMs ?? ownLookAhead,
      say: (value) => (value < 0 ? text.needed : ms(value)),
      change: (value) => change({ lookAheadMs: value < 0 ? null : value }),
    }),
    createSlider({
      ...{
        name: text.silence,
        help: text.silenceHelp,
        min: 200,
        max: 2000,
        step: 100,
        value: settings.silenceMs,
        say: ms,
      },
      change: (silenceMs) => change({ silenceMs }),
    }),
    createSlider({
      ...{ name: text.speed, help: text.speedHelp, min: 0, max: speeds.length - 1, step: 1 },
      value: Math.max(0, speeds.indexOf(settings.speed)),
      say: (index) => saySpeed(speeds[index]!, text),
      change: (index) => change({ speed: speeds[index]! }),
    }),
  ];
  return {
    element: element(
      'div',
      { class: 'controls', role: 'group', label: text.settings },
      ...sliders.map((slider) => slider.element),
    ),
    get settings() {
      return settings;
    },
    setEnabled(enabled) {
      for (const { input } of sliders) input.disabled = !enabled;
    },
  };
}

function saySpeed(speed: number, text: Strings): string {
  if (speed === 0) return text.fastest;
  return speed === 1 ? text.realTime : fill(text.times, speed);
}

interface SliderOptions {
  name: string;
  help: string;
  min: number;
  max: number;
  step: number;
  value: number;
  say(value: number): string;
  change(value: number): void;
}

function createSlider({ name, help, min, max, step, value, say, change }: SliderOptions) {
  const input = element('input', {
    label: name,
    attributes: { type: 'range', min: String(min), max: String(max), step: String(step), value: String(value) },
  });
  const shown = element('output', { class: 'slider-value' });
  const tell = () => {
    shown.textContent = say(Number(input.value));
    input.setAttribute('aria-valuetext', shown.textContent);
  };
  input.addEventListener('input', () => {
    tell();
    change(Number(input.value));
  });
  tell();
  const label = element('span', { class: 'slider-name', text: name });
  return { input, element: element('label', { class: 'slider', title: help }, label, shown, input) };
}
