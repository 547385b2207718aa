import { paintOf } from './colors.ts';
import type { Font, PathPoint, Shape } from './scene.ts';

type Context = CanvasRenderingContext2D;

/**
 * A 2D context that keeps lines, texts and boxes as shapes instead of painting them, for painters that use no more of a
 * context than axes do. `place` is where its canvas lies; a transform may only scale.
 */
export function createRecorder(place: { x: number; y: number }, ratio: number): { context: Context; shapes: Shape[] } {
  const shapes: Shape[] = [];
  const measuring = document.createElement('canvas').getContext('2d');
  if (!measuring) throw new Error('no 2D context');
  let points: PathPoint[] = [];
  let [scaleX, scaleY] = [1, 1];
  const x = (at: number) => place.x + (at * scaleX) / ratio;
  const y = (at: number) => place.y + (at * scaleY) / ratio;
  const style = { strokeStyle: '#000000', fillStyle: '#000000', lineWidth: 1, globalAlpha: 1 };
  const text = { font: '10px sans-serif', textAlign: 'start', textBaseline: 'alphabetic' };
  const strokeOf = () => ({
    ...paintOf(style.strokeStyle, style.globalAlpha),
    width: (style.lineWidth * scaleX) / ratio,
  });
  const fillOf = () => paintOf(style.fillStyle, style.globalAlpha);
  const methods: Partial<Context> = {
    setTransform(...given: unknown[]) {
      [scaleX, scaleY] = [Number(given[0] ?? 1), Number(given[3] ?? 1)];
    },
    beginPath() {
      points = [];
    },
    moveTo: (left, top) => void points.push({ to: 'move', x: x(left), y: y(top) }),
    lineTo: (left, top) => void points.push({ to: 'line', x: x(left), y: y(top) }),
    arc: (left, top, radius) =>
      void points.push({ to: 'circle', x: x(left), y: y(top), radius: (radius * scaleX) / ratio }),
    stroke: () => void (points.length > 0 && shapes.push({ kind: 'path', points: [...points], stroke: strokeOf() })),
    fill: () => void (points.length > 0 && shapes.push({ kind: 'path', points: [...points], fill: fillOf() })),
    fillRect(left, top, width, height) {
      const size = { width: (width * scaleX) / ratio, height: (height * scaleY) / ratio };
      shapes.push({ kind: 'rect', x: x(left), y: y(top), ...size, radius: 0, fill: fillOf() });
    },
    measureText(what) {
      measuring.font = text.font;
      return measuring.measureText(what);
    },
    fillText(what, left, top) {
      measuring.font = text.font;
      const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = measuring.measureText(what);
      // Few programs know other baselines than the letters' own.
      const baseline = { middle: (up - down) / 2, top: up, hanging: up, bottom: -down }[text.textBaseline] ?? 0;
      const anchor =
        text.textAlign === 'right' || text.textAlign === 'end'
          ? 'end'
          : text.textAlign === 'center'
            ? 'middle'
            : 'start';
      shapes.push({
        kind: 'text',
        x: x(left),
        y: y(top) + baseline,
        text: what,
        font: fontOf(text.font),
        fill: fillOf(),
        anchor,
      });
    },
  };
  const context = new Proxy({} as Record<string, unknown>, {
    get: (_, name: string) =>
      Object.hasOwn(style, name)
        ? style[name as keyof typeof style]
        : Object.hasOwn(text, name)
          ? text[name as keyof typeof text]
          : (methods[name as keyof Context] ?? (() => {})),
    set(_, name: string, value: unknown) {
      if (Object.hasOwn(style, name)) Object.assign(style, { [name]: value });
      else if (Object.hasOwn(text, name)) Object.assign(text, { [name]: value });
      return true;
    },
  });
  return { context: context as unknown as Context, shapes };
}

/** `[weight] 11px family`, as painters write it. */
function fontOf(font: string): Font {
  const [, weight = '', size = '10', family = 'sans-serif'] = /^(?:(\w+) )?([\d.]+)px (.*)$/.exec(font) ?? [];
  return { sizePx: Number(size), family, weight: weight || '400' };
}
