import { buildColormap } from '../../../src/shared/colormap.ts';
import { formatDb } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { beginPaint, createSurface, type Surface } from '../../ui/surface.ts';
import type { Layout } from '../layout.ts';
import { levelsOf, type ViewModel } from '../viewModel.ts';
import { largestGainDb } from '../viewState.ts';

const smallestRangeDb = 10;

/** The colour bar: says what the colours mean, and its two handles change it. */
export function createLevelScale(layout: Layout, model: ViewModel): { show(): void } {
  const { text, loudness, state } = model;
  const bottomDb = loudness.minDb;
  const topDb = loudness.minDb + 255 * loudness.stepDb;
  const canvas = element('canvas', { class: 'level-bar', attributes: { 'aria-hidden': 'true' } });
  const low = createHandle(text.lowest);
  const high = createHandle(text.highest);
  const unit = element('span', { class: 'level-unit', text: 'dB', attributes: { 'aria-hidden': 'true' } });
  layout.levels.append(canvas, low, high, unit);
  const surface = createSurface(canvas, (target) => drawBar(target, model, bottomDb, topDb));

  const set = (which: 'lowDb' | 'highDb', db: number) => {
    const now = levelsOf(model);
    const wanted = Math.round(db);
    const levels =
      which === 'lowDb'
        ? { highDb: now.highDb, lowDb: Math.max(bottomDb, Math.min(now.highDb - smallestRangeDb, wanted)) }
        : { lowDb: now.lowDb, highDb: Math.min(topDb, Math.max(now.lowDb + smallestRangeDb, wanted)) };
    const { gainDb } = state.state;
    state.update({ levels: { lowDb: levels.lowDb + gainDb, highDb: levels.highDb + gainDb } });
  };
  const reset = () => state.update({ levels: undefined, gainDb: 0 });
  const dbAt = (clientY: number) => {
    const box = canvas.getBoundingClientRect();
    return topDb - ((clientY - box.top) / box.height) * (topDb - bottomDb);
  };
  for (const [handle, which] of [
    [low, 'lowDb'],
    [high, 'highDb'],
  ] as const) {
    handle.setAttribute('aria-valuemin', String(Math.round(bottomDb)));
    handle.setAttribute('aria-valuemax', String(Math.round(topDb)));
    handle.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener('pointermove', (event) => {
      if (handle.hasPointerCapture(event.pointerId)) set(which, dbAt(event.clientY));
    });
    handle.addEventListener('keydown', (event) => {
      const steps: Record<string, number> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
      const step = steps[event.key];
      if (step !== undefined) set(which, levelsOf(model)[which] + step);
      else if (event.key === 'Home' || event.key === 'Delete') reset();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
  attachGainDrag(layout.levels, model, topDb - bottomDb);
  layout.levels.title = text.resetLevels;
  layout.levels.addEventListener('dblclick', reset);
  return {
    show() {
      const levels = levelsOf(model);
      for (const [handle, db] of [
        [low, levels.lowDb],
        [high, levels.highDb],
      ] as const) {
        handle.style.top = `${((topDb - db) / (topDb - bottomDb)) * 100}%`;
        handle.setAttribute('aria-valuenow', String(db));
        handle.setAttribute('aria-valuetext', formatDb(db));
        handle.lastElementChild!.textContent = `${db < 0 ? '−' : ''}${Math.abs(Math.round(db))}`;
      }
      surface.invalidate();
    },
  };
}

/** Dragging the bar between its handles moves both: the picture gets brighter or darker. */
function attachGainDrag(bar: HTMLElement, { state }: ViewModel, spanDb: number): void {
  let held: { fromY: number; gainDb: number } | undefined;
  bar.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    bar.setPointerCapture(event.pointerId);
    held = { fromY: event.clientY, gainDb: state.state.gainDb };
  });
  bar.addEventListener('pointermove', (event) => {
    if (!held) return;
    const movedDb = ((event.clientY - held.fromY) / bar.clientHeight) * spanDb;
    state.update({ gainDb: clampGain(Math.round(held.gainDb + movedDb)) });
  });
  const release = () => {
    held = undefined;
  };
  bar.addEventListener('pointerup', release);
  bar.addEventListener('pointercancel', release);
}

export const clampGain = (db: number): number => Math.max(-largestGainDb, Math.min(largestGainDb, db));

function createHandle(label: string): HTMLElement {
  return element(
    'div',
    { class: 'level-handle', role: 'slider', label, attributes: { tabindex: '0', 'aria-orientation': 'vertical' } },
    element('span', { class: 'level-grip' }),
    element('span', { class: 'level-value' }),
  );
}

function drawBar(surface: Surface, model: ViewModel, bottomDb: number, topDb: number): void {
  const context = beginPaint(surface);
  const table = buildColormap(model.state.state.colormap);
  const { lowDb, highDb } = levelsOf(model);
  const rows = surface.canvas.height;
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (let row = 0; row < rows; row++) {
    const db = topDb - ((row + 0.5) / rows) * (topDb - bottomDb);
    const value = Math.max(0, Math.min(255, Math.round(((db - lowDb) / (highDb - lowDb)) * 255)));
    context.fillStyle = `rgb(${table[value * 4]}, ${table[value * 4 + 1]}, ${table[value * 4 + 2]})`;
    // What lies outside the range is told from what is just inside it.
    context.globalAlpha = db < lowDb || db > highDb ? 0.35 : 1;
    context.fillRect(0, row, surface.canvas.width, 1);
  }
  context.globalAlpha = 1;
}
