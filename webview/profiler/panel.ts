import { element } from '../ui/elements.ts';
import { onThemeChange } from '../ui/theme.ts';
import { type Block, createBlock } from './block.ts';
import { createDevices } from './devices/devicesSection.ts';
import { createHeader } from './header.ts';
import { createHotSpots } from './hotspots/hotSpotsSection.ts';
import { createLearning } from './learning/learningSection.ts';
import { createLive } from './live/liveSection.ts';
import { createMemory } from './memory/memorySection.ts';
import type { PanelParts } from './panelParts.ts';
import type { Section, ShownRun } from './section.ts';
import { createSpeed } from './speed/speedSection.ts';
import { createStep, type StepSection } from './step/stepSection.ts';

export interface Panel {
  readonly element: HTMLElement;
  /** The one in focus first. */
  show(runs: readonly ShownRun[]): void;
  dispose(): void;
}

/** Sections in the order of the page. */
const sectionsBefore: ((parts: PanelParts) => Section)[] = [
  createLearning,
  createSpeed,
  createDevices,
  createMemory,
  createHotSpots,
];
const sectionsAfter: ((parts: PanelParts) => Section)[] = [createLive];

export function createPanel(
  context: Omit<PanelParts, 'pickStep'>,
  focus: (directory: string) => void,
  recolor: () => void,
): Panel {
  const { state } = context;
  const blocks: Block[] = [];
  let step: StepSection | undefined;
  const parts: PanelParts = {
    ...context,
    pickStep(number) {
      state.update({ step: number });
      blocks.find(({ id }) => id === 'step')?.reveal();
      step?.focus();
    },
  };
  const header = createHeader(parts, focus);
  const body = element('div', { class: 'blocks' });
  step = createStep(parts);
  for (const section of [
    ...sectionsBefore.map((create) => create(parts)),
    step,
    ...sectionsAfter.map((create) => create(parts)),
  ]) {
    const toggled = (open: boolean) => {
      const { closed } = state.state;
      const others = closed.filter((id) => id !== section.id);
      if (open === closed.includes(section.id)) state.update({ closed: open ? others : [...others, section.id] });
    };
    const isOpen = !state.state.closed.includes(section.id);
    const block = createBlock(section, isOpen, toggled, () => header.element.offsetHeight);
    blocks.push(block);
    body.append(block.element);
  }
  const stopTheme = onThemeChange(recolor);
  return {
    element: element('div', { class: 'profiler' }, header.element, body),
    show(runs) {
      header.show(runs);
      for (const block of blocks) block.show(runs);
    },
    dispose() {
      stopTheme();
      for (const block of blocks) block.dispose();
    },
  };
}
