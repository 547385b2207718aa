import { element } from '../../ui/elements.ts';
import { createSurface } from '../../ui/surface.ts';
import { onThemeChange } from '../../ui/theme.ts';
import { type Block, type BlockChart, blockAt, type Direction, neighbour, rangeAround } from './blocks.ts';
import { axisHeight, type BlockPicture, gutterOf, heightOf, paintBlocks, rowHeight } from './paintBlocks.ts';
import { clampRange, panRange, type Range, zoomRange } from './range.ts';

export interface BlockView {
  readonly element: HTMLCanvasElement;
  show(chart: BlockChart): void;
  search(text: string): void;
  showAll(): void;
  dispose(): void;
}

export interface BlockViewOptions {
  label: string;
  /** A sentence on which stretch is seen. */
  describeRange(range: Range): string;
  /** The block under the pointer, or else the chosen one. */
  onLook(block: Block | undefined): void;
  /** The block that the keyboard has come to. */
  onChoose(block: Block): void;
}

const emptyChart: BlockChart = { spanMs: 1, rows: [], rowNames: [] };

/** A canvas of blocks: arrow keys walk through them, Enter and click zoom in, Escape zooms out, dragging moves. */
export function createBlockView({ label, describeRange, onLook, onChoose }: BlockViewOptions): BlockView {
  const canvas = element('canvas', {
    class: 'block-view',
    label,
    role: 'application',
    attributes: { tabindex: '0', 'aria-keyshortcuts': 'ArrowLeft ArrowRight ArrowUp ArrowDown Enter Escape + -' },
  });
  const picture: BlockPicture = {
    chart: emptyChart,
    range: { start: 0, end: 1 },
    selected: undefined,
    hovered: undefined,
    search: '',
    focused: false,
  };
  const surface = createSurface(canvas, (now) => paintBlocks(now, picture));
  const change = (next: Partial<BlockPicture>) => {
    Object.assign(picture, next);
    if (next.range) canvas.setAttribute('aria-description', describeRange(next.range));
    if ('hovered' in next || 'selected' in next) onLook(picture.hovered ?? picture.selected);
    surface.invalidate();
  };
  const stopTheme = onThemeChange(() => surface.invalidate());
  takeKeys(canvas, picture, change, onChoose);
  takePointer(canvas, picture, change);
  return {
    element: canvas,
    show(chart) {
      canvas.style.height = `${heightOf(chart)}px`;
      const range = { start: 0, end: chart.spanMs || 1 };
      change({ chart, range, selected: undefined, hovered: undefined });
    },
    search: (text) => change({ search: text }),
    showAll: () => change({ range: { start: 0, end: picture.chart.spanMs || 1 } }),
    dispose() {
      stopTheme();
      surface.dispose();
    },
  };
}

type Change = (next: Partial<BlockPicture>) => void;

const directions: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

function takeKeys(canvas: HTMLCanvasElement, picture: BlockPicture, change: Change, onChoose: (block: Block) => void) {
  const select = (block: Block | undefined) => {
    if (!block) return;
    change({ selected: block, hovered: undefined, range: rangeShowing(picture, block) });
    onChoose(block);
  };
  canvas.addEventListener('focus', () => change({ focused: true }));
  canvas.addEventListener('blur', () => change({ focused: false }));
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { chart, range, selected } = picture;
    const direction = directions[event.key];
    const row = chart.rows[selected?.row ?? 0] ?? [];
    const middle = selected ? (selected.start + selected.end) / 2 : (range.start + range.end) / 2;
    if (direction) select(selected ? neighbour(chart, selected, direction) : chart.rows[0]?.[0]);
    else if (event.key === 'Home') select(row[0]);
    else if (event.key === 'End') select(row.at(-1));
    else if (event.key === 'Enter' && selected) change({ range: clampRange(selected, chart.spanMs) });
    else if (event.key === 'Escape') change({ range: rangeAround(chart, range) });
    else if (event.key === '+' || event.key === '=') change({ range: zoomRange(range, 1.5, middle, chart.spanMs) });
    else if (event.key === '-') change({ range: zoomRange(range, 1 / 1.5, middle, chart.spanMs) });
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** The range as it is, or moved or widened so that a block can be seen. */
function rangeShowing({ chart, range }: BlockPicture, block: Block): Range {
  const length = range.end - range.start;
  if (block.end > range.start && block.start < range.end) return range;
  if (block.end - block.start > length) return clampRange(block, chart.spanMs);
  const start = (block.start + block.end - length) / 2;
  return clampRange({ start, end: start + length }, chart.spanMs);
}

function takePointer(canvas: HTMLCanvasElement, picture: BlockPicture, change: Change): void {
  const msAt = (event: MouseEvent) => {
    const gutter = gutterOf(picture.chart, canvas.clientWidth);
    const share = (event.offsetX - gutter) / Math.max(1, canvas.clientWidth - gutter);
    return picture.range.start + share * (picture.range.end - picture.range.start);
  };
  const blockUnder = (event: MouseEvent) => {
    const row = Math.floor((event.offsetY - axisHeight) / rowHeight);
    const inGutter = event.offsetX < gutterOf(picture.chart, canvas.clientWidth);
    return inGutter ? undefined : blockAt(picture.chart, row, msAt(event));
  };
  let drag: { x: number; range: Range; moved: boolean } | undefined;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    drag = { x: event.clientX, range: picture.range, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag && (drag.moved || Math.abs(event.clientX - drag.x) > 3)) {
      drag.moved = true;
      const width = canvas.clientWidth - gutterOf(picture.chart, canvas.clientWidth);
      change({ range: panRange(drag.range, (drag.x - event.clientX) / width, picture.chart.spanMs) });
      return;
    }
    const hovered = blockUnder(event);
    if (hovered !== picture.hovered) change({ hovered });
  });
  canvas.addEventListener('pointerup', (event) => {
    const clicked = drag && !drag.moved ? blockUnder(event) : undefined;
    drag = undefined;
    if (!clicked) return;
    const { chart, range } = picture;
    const fills = clicked.start <= range.start && clicked.end >= range.end;
    change({ selected: clicked, range: fills ? rangeAround(chart, range) : clampRange(clicked, chart.spanMs) });
  });
  canvas.addEventListener('pointercancel', () => {
    drag = undefined;
  });
  canvas.addEventListener('pointerleave', () => change({ hovered: undefined }));
  canvas.addEventListener(
    'wheel',
    (event) => {
      // The page scrolls unless the wheel is meant for the picture.
      const zooms = event.ctrlKey || event.metaKey || (document.activeElement === canvas && !event.shiftKey);
      const across = event.deltaX || (event.shiftKey ? event.deltaY : 0);
      const { range, chart } = picture;
      if (zooms && event.deltaY !== 0)
        change({ range: zoomRange(range, 2 ** (-event.deltaY / 240), msAt(event), chart.spanMs) });
      else if (across !== 0) change({ range: panRange(range, across / Math.max(1, canvas.clientWidth), chart.spanMs) });
      else return;
      event.preventDefault();
    },
    { passive: false },
  );
}
