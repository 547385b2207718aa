import { buildColormap } from '../../../src/shared/colormap.ts';
import { createWebglPainter } from '../../../webview/spectrogram/picture/paintWebgl.ts';
import {
  create2dPainter,
  type PaintedView,
  type SpectrogramPainter,
} from '../../../webview/spectrogram/picture/spectrogramPainter.ts';

const [width, height, columns, bins] = [96, 64, 40, 24];
/** Made of whole numbers, so that it is the same everywhere. */
const cells = Uint8Array.from({ length: columns * bins }, (_, i) => (i * i * 31 + i * 7) % 251);

/** Where the two painters differ most, of 255, for one view of the same cells; undefined without WebGL 2. */
function painterDifference(view: PaintedView): number | undefined {
  const canvases = [0, 1].map(() => Object.assign(document.createElement('canvas'), { width, height }));
  const webgl = createWebglPainter(canvases[0]!, () => {});
  if (!webgl) return undefined;
  const pictures = [webgl, create2dPainter(canvases[1]!)].map((painter: SpectrogramPainter, i) => {
    painter.setCells(cells, columns, bins);
    painter.setColors(buildColormap('grey'));
    painter.paint(view);
    const copy = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')!;
    copy.drawImage(canvases[i]!, 0, 0);
    return copy.getImageData(0, 0, width, height).data;
  });
  return pictures[0]!.reduce((most, value, i) => Math.max(most, Math.abs(value - pictures[1]![i]!)), 0);
}

Object.assign(window, { painterDifference });
