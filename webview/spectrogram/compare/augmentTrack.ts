import { buildColormap, type ColormapName } from '../../../src/shared/colormap.ts';
import type { AppliedStep, AugmentPreview, AugmentSide } from '../../../src/shared/protocol/spectrogramAugment.ts';
import { element } from '../../ui/elements.ts';
import { beginPaint, createSurface, type Surface } from '../../ui/surface.ts';
import { readTheme } from '../../ui/theme.ts';
import { timeScale } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';
import { createTrack } from '../tracks/track.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { LoadedPreview } from './compareLive.ts';
import type { CompareStrings } from './strings.ts';

export interface AugmentTrack {
  /** Undefined hides it. */
  show(loaded: LoadedPreview | undefined, side: AugmentSide, playSec: number | undefined): void;
  dispose(): void;
}

/** What the model is given, on the time axis of the recording, so that words stand under words at every speed. */
export function createAugmentTrack(layout: Layout, model: ViewModel, text: CompareStrings): AugmentTrack {
  const track = createTrack(layout, 'augmented', text.trainingSees, 'img');
  const canvas = element('canvas', { class: 'augmented-canvas', attributes: { 'aria-hidden': 'true' } });
  const playhead = element('div', { class: 'mark-playhead' });
  track.body.append(canvas, playhead);
  let shown: { loaded: LoadedPreview; side: AugmentSide } | undefined;
  let image: { key: unknown[]; picture: HTMLCanvasElement } | undefined;
  let painted: unknown[] = [];

  const pictureOf = ({ loaded, side }: NonNullable<typeof shown>, colormap: ColormapName): HTMLCanvasElement => {
    const key = [loaded, side, colormap];
    if (!image || key.some((one, i) => one !== image!.key[i]))
      image = { key, picture: drawCells(loaded.cells[side], loaded.preview.bins, colormap) };
    return image.picture;
  };
  const paint = (surface: Surface) => {
    const context = beginPaint(surface);
    if (!shown) return;
    const { preview } = shown.loaded;
    const { toPx } = timeScale(viewportOf(model), surface.width);
    const stretch = shown.side === 'augmented' ? preview.speed : 1;
    const { frames } = preview.sides[shown.side];
    // A frame is centred on its time.
    const at = (frame: number) => toPx(preview.startSec + (frame - 0.5) * preview.frameSec * stretch);
    context.imageSmoothingEnabled = model.state.state.smooth;
    if (frames > 0)
      context.drawImage(pictureOf(shown, model.state.state.colormap), at(0), 0, at(frames) - at(0), surface.height);
    if (shown.side === 'augmented') drawMasks(context, surface, preview, toPx, at(0), at(frames));
  };
  const surface = createSurface(canvas, paint);
  return {
    show(loaded, side, playSec) {
      track.row.hidden = !loaded || loaded.preview.bins < 2;
      shown = loaded ? { loaded, side } : undefined;
      if (track.row.hidden || !loaded) return;
      const { viewport, colormap, smooth } = model.state.state;
      const now = [loaded, side, viewport, viewportOf(model).endSec, colormap, smooth, document.body.className];
      if (now.some((one, i) => one !== painted[i])) surface.invalidate();
      painted = now;
      const px = playSec === undefined ? Number.NaN : timeScale(viewportOf(model), surface.width).toPx(playSec);
      playhead.hidden = !(px >= 0 && px <= surface.width);
      if (!playhead.hidden) playhead.style.transform = `translateX(${px}px)`;
    },
    dispose: () => surface.dispose(),
  };
}

/** Each frame one column, low bins below. */
function drawCells(cells: Uint8Array, bins: number, colormap: ColormapName): HTMLCanvasElement {
  const frames = Math.max(1, cells.length / bins);
  const picture = document.createElement('canvas');
  [picture.width, picture.height] = [frames, bins];
  const context = picture.getContext('2d');
  if (!context) throw new Error('no 2D context');
  const colors = new Uint32Array(buildColormap(colormap).buffer);
  const image = context.createImageData(frames, bins);
  const pixels = new Uint32Array(image.data.buffer);
  for (let frame = 0, i = 0; frame < frames; frame++)
    for (let bin = 0; bin < bins; bin++) pixels[(bins - 1 - bin) * frames + frame] = colors[cells[i++]!]!;
  context.putImageData(image, 0, 0);
  return picture;
}

/** What is hidden from the model is hatched: its fill alone could be taken for silence. */
function drawMasks(
  context: CanvasRenderingContext2D,
  { height, ratio }: Surface,
  { applied, bins }: AugmentPreview,
  toPx: (sec: number) => number,
  left: number,
  right: number,
): void {
  context.strokeStyle = readTheme().highContrast ? '#ffffff' : 'rgba(255, 255, 255, 0.55)';
  context.lineWidth = Math.max(1, 1 / ratio);
  for (const step of applied) {
    const box = boxOf(step, bins, height, toPx, left, right);
    if (!box) continue;
    const [x, y, width, tall] = box;
    context.save();
    context.beginPath();
    context.rect(x, y, width, tall);
    context.clip();
    context.strokeRect(x + 0.5, y + 0.5, width - 1, tall - 1);
    context.beginPath();
    for (let from = Math.floor((Math.max(x, -8) - tall) / 8) * 8; from < Math.min(x + width, 8192); from += 8) {
      context.moveTo(from, y + tall);
      context.lineTo(from + tall, y);
    }
    context.globalAlpha = 0.6;
    context.stroke();
    context.restore();
  }
}

function boxOf(
  step: AppliedStep,
  bins: number,
  height: number,
  toPx: (sec: number) => number,
  left: number,
  right: number,
): [number, number, number, number] | undefined {
  if (step.kind === 'timeMask') return [toPx(step.startSec), 0, toPx(step.endSec) - toPx(step.startSec), height];
  if (step.kind !== 'bandMask') return undefined;
  const top = (1 - step.endBin / bins) * height;
  return [left, top, right - left, ((step.endBin - step.firstBin) / bins) * height];
}
