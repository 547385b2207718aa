import type { Paint } from './scene.ts';

const known = new Map<string, Paint>();
let pixel: CanvasRenderingContext2D | null | undefined;

/** Any colour of CSS as three bytes and an opacity: other programs know fewer forms than browsers. */
export function paintOf(css: string, opacity = 1): Paint {
  const found = known.get(css) ?? readColor(css);
  known.set(css, found);
  return { color: found.color, opacity: found.opacity * opacity };
}

function readColor(css: string): Paint {
  if (pixel === undefined) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1, 1];
    pixel = canvas.getContext('2d', { willReadFrequently: true });
  }
  if (!pixel) throw new Error('no 2D context');
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = '#000000';
  pixel.fillStyle = css;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  const hex = [red!, green!, blue!].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { color: `#${hex}`, opacity: +(alpha! / 255).toFixed(3) };
}
