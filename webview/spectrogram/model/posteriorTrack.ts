import { buildColormap, type ColormapName } from '../../../src/shared/colormap.ts';
import { formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { beginPaint, createSurface, type Surface } from '../../ui/surface.ts';
import { onThemeChange, readTheme } from '../../ui/theme.ts';
import type { Moves } from '../hand/moves.ts';
import { timeScale } from '../hand/viewport.ts';
import { createTrack } from '../tracks/track.ts';
import { viewportOf } from '../viewModel.ts';
import { inspectionsIn } from './inspection.ts';
import { createLookButton } from './lookButton.ts';
import type { TrackParts } from './modelTracks.ts';
import {
  chooseRows,
  type LoadedPosteriors,
  likeliestAt,
  poolColumns,
  type UnitProbability,
} from './posteriorPicture.ts';
import type { PosteriorStore } from './posteriorStore.ts';
import type { ModelStrings } from './strings.ts';

export interface PosteriorTrack {
  show(): void;
  /** The likeliest units at a time; undefined where nothing is known. */
  likeliest(sec: number): UnitProbability[] | undefined;
  dispose(): void;
}

const mostRows = 28;
/** Few units are not made taller than this. */
const tallestRowPx = 20;
const rowPxOf = (heightPx: number, rows: number): number => Math.min(tallestRowPx, heightPx / Math.max(1, rows));

/** CTC's posteriors as a heat map: a row for each unit that is likely somewhere in sight. */
export function createPosteriorTrack(parts: TrackParts, store: PosteriorStore, moves: Moves): PosteriorTrack {
  const { layout, model, text } = parts;
  const track = createTrack(layout, 'posteriors', text.names.posteriors, 'img');
  track.row.title = text.titles.posteriors;
  const canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  const labels = element('canvas', { class: 'unit-labels', attributes: { 'aria-hidden': 'true' } });
  const note = element('div', { class: 'posterior-note' });
  const look = createLookButton(model, text);
  track.row.firstElementChild!.append(element('div', { class: 'look-below' }, look.element));
  track.body.append(canvas, note);
  track.row.append(labels);
  const status = element('span', { class: 'status-item status-units' });
  let loaded: LoadedPosteriors[] = [];
  let units: string[] = [];
  const painter = createHeatPainter();
  const picture = createSurface(canvas, (surface) => {
    const { colormap } = model.state.state;
    painter.paint(surface, poolColumns(loaded, units, viewportOf(model), surface.canvas.width), units.length, colormap);
  });
  const margin = createSurface(labels, (surface) => drawUnits(surface, units, text));
  const stopTheme = onThemeChange(() => margin.invalidate());
  attachPointer(track.body, parts, moves);
  let painted: unknown[] = [];
  const likeliest = (sec: number) => {
    const found = loaded.map((one) => likeliestAt(one, sec)).find((one) => one.length > 0);
    return track.row.hidden ? undefined : found;
  };
  return {
    likeliest,
    show() {
      const viewport = viewportOf(model);
      const near = inspectionsIn(model, viewport);
      track.row.hidden = !model.state.state.lanes.posteriors || near.length === 0;
      if (track.row.hidden) {
        status.textContent = '';
        return;
      }
      if (!status.isConnected) layout.status.firstElementChild?.after(status);
      look.show();
      loaded = store.want(near);
      const key = [viewport, store.version, loaded.length, model.state.state.colormap];
      if (key.some((one, i) => one !== painted[i])) {
        painted = key;
        units = chooseRows(loaded, viewport, mostRows);
        picture.invalidate();
        margin.invalidate();
      }
      showReason(note, near, text);
      describe(track.body, status, likeliest, parts);
    },
    dispose() {
      stopTheme();
      picture.dispose();
      margin.dispose();
    },
  };
}

function showReason(note: HTMLElement, inspections: { posteriors: object }[], text: ModelStrings): void {
  const reasons = inspections.flatMap(({ posteriors }) => ('reason' in posteriors ? [String(posteriors.reason)] : []));
  const said = reasons.length === 0 ? '' : fill(text.noPosteriors, reasons[0]!);
  if (note.textContent !== said) note.textContent = said;
}

/** The units at the pointer or the cursor, in words: in the status line, and as what the picture shows. */
function describe(
  body: HTMLElement,
  status: HTMLElement,
  likeliest: PosteriorTrack['likeliest'],
  { model, text }: TrackParts,
): void {
  const { hover } = model.live.state;
  const { cursorSec } = model.state.state;
  const shown = renderUnits(likeliest(hover?.sec ?? cursorSec) ?? [], text);
  if (status.textContent !== shown) status.textContent = shown;
  const atCursor = renderUnits(likeliest(cursorSec) ?? [], text);
  const name = fill(text.unitsHere, text.names.posteriors, `${formatTime(cursorSec)} ${atCursor || '–'}`);
  if (body.getAttribute('aria-label') !== name) body.setAttribute('aria-label', name);
}

const renderUnits = (units: readonly UnitProbability[], text: ModelStrings): string =>
  units
    .filter(({ probability }, i) => i === 0 || probability >= 0.005)
    .map(({ unit, probability }) => `${nameUnit(unit, text)} ${Math.round(100 * probability)} %`)
    .join('  ');

/** As it is said; spaces are seen. */
export const nameUnit = (unit: string, text: ModelStrings): string =>
  unit === '' ? text.blank : unit === ' ' ? text.space : unit.replaceAll(' ', '␣');

/** The pointer says where it is, as over the lanes; a press puts the cursor there. */
function attachPointer(body: HTMLElement, { model }: TrackParts, moves: Moves): void {
  const secOf = (event: PointerEvent) => {
    const box = body.getBoundingClientRect();
    return timeScale(viewportOf(model), box.width).toSec(event.clientX - box.left);
  };
  body.addEventListener('pointermove', (event) =>
    model.live.update({ hover: { sec: secOf(event), share: undefined } }),
  );
  body.addEventListener('pointerleave', () => model.live.update({ hover: undefined }));
  body.addEventListener('pointerdown', (event) => event.button === 0 && moves.moveCursor(secOf(event)));
}

const labelPx = 10;

/** The units beside their rows, the blank at the bottom; where rows are narrow, as many as have room. */
function drawUnits(surface: Surface, units: readonly string[], text: ModelStrings): void {
  const context = beginPaint(surface);
  const theme = readTheme();
  const rowPx = rowPxOf(surface.height, units.length);
  context.font = `${labelPx}px ${theme.monoFamily}`;
  context.textBaseline = 'middle';
  context.fillStyle = theme.muted;
  const every = Math.max(1, Math.ceil((labelPx - 1) / rowPx));
  for (const [row, unit] of units.entries())
    if (row % every === 0)
      context.fillText(nameUnit(unit, text), 6, surface.height - (row + 0.5) * rowPx, surface.width - 8);
}

/** Paints [units, columns] of bytes into a lane, the first unit at the bottom. */
function createHeatPainter() {
  const scratch = document.createElement('canvas');
  let colors: { name: ColormapName; table: Uint8Array } | undefined;
  return {
    paint(
      { canvas, height, ratio }: Surface,
      { cells, heard }: { cells: Uint8Array; heard: Uint8Array },
      rows: number,
      colormap: ColormapName,
    ): void {
      const context = canvas.getContext('2d')!;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      const columns = heard.length;
      if (rows === 0 || columns === 0) return;
      if (colors?.name !== colormap) colors = { name: colormap, table: buildColormap(colormap) };
      const image = new ImageData(columns, rows);
      const pixels = new Uint32Array(image.data.buffer);
      const table = new Uint32Array(colors.table.buffer);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          if (heard[column]) pixels[(rows - 1 - row) * columns + column] = table[cells[row * columns + column]!]!;
      [scratch.width, scratch.height] = [columns, rows];
      scratch.getContext('2d')!.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = false;
      const heightPx = Math.round(rows * rowPxOf(height, rows) * ratio);
      context.drawImage(scratch, 0, canvas.height - heightPx, canvas.width, heightPx);
    },
  };
}
