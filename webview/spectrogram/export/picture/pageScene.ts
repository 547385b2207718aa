import { repaint, repaintWith } from '../../../ui/surface.ts';
import { paintOf } from './colors.ts';
import { fontText } from './paintScene.ts';
import { createRecorder } from './recordPaint.ts';
import type { Box, Font, Shape } from './scene.ts';

/** How a part of the page is taken into a picture. */
export interface PagePlan {
  /** What belongs to the hand and not to the picture. */
  leaveOut: string;
  /** Canvases of lines and texts, which become such. */
  asLines: string;
  /** Where the corner of the part comes to lie. */
  x: number;
  y: number;
}

/** What an element of the page looks like: backgrounds, borders, texts and canvases, cut as they are cut there. */
export function pageShapes(root: HTMLElement, plan: PagePlan): Shape[] {
  const at = root.getBoundingClientRect();
  const boxOf = ({ left, top, width, height }: DOMRect): Box => ({
    ...{ x: left - at.left + plan.x, y: top - at.top + plan.y, width, height },
  });
  const shapes: Shape[] = [];
  const walk = (element: HTMLElement, clip: Box | undefined, opacity: number): void => {
    if (element.matches(plan.leaveOut)) return;
    const style = getComputedStyle(element);
    if (style.display === 'none' || style.visibility === 'hidden') return;
    const seen = opacity * Number(style.opacity);
    const box = boxOf(element.getBoundingClientRect());
    const add = (...added: Shape[]) => shapes.push(...added.map((shape) => (clip ? { ...shape, clip } : shape)));
    if (element instanceof HTMLCanvasElement) {
      add(...canvasShapes(element, box, element.matches(plan.asLines)));
      return;
    }
    if (box.width > 0 && box.height > 0) add(...boxShapes(box, style, seen));
    const inside = style.overflowX === 'visible' ? clip : intersect(clip, box);
    if (inside && (inside.width <= 0 || inside.height <= 0)) return;
    for (const child of element.childNodes) {
      if (child instanceof HTMLElement) walk(child, inside, seen);
      else if (child instanceof Text) {
        const shape = textShape(child, style, seen, inside, boxOf);
        if (shape) shapes.push(inside ? { ...shape, clip: inside } : shape);
      }
    }
  };
  walk(root, undefined, 1);
  return shapes;
}

function canvasShapes(canvas: HTMLCanvasElement, box: Box, asLines: boolean): Shape[] {
  if (canvas.width === 0 || canvas.height === 0 || box.width === 0) return [];
  if (asLines) {
    const recorder = createRecorder(box, canvas.width / box.width);
    if (repaintWith(canvas, recorder.context)) return recorder.shapes;
  }
  repaint(canvas);
  const image = document.createElement('canvas');
  [image.width, image.height] = [canvas.width, canvas.height];
  image.getContext('2d')?.drawImage(canvas, 0, 0);
  return [{ kind: 'image', image, ...box }];
}

const sides = ['Top', 'Right', 'Bottom', 'Left'] as const;

function boxShapes(box: Box, style: CSSStyleDeclaration, opacity: number): Shape[] {
  const shapes: Shape[] = [];
  const radius = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2);
  const fill = paintOf(style.backgroundColor, opacity);
  if (fill.opacity > 0) shapes.push({ kind: 'rect', ...box, radius, fill });
  const borders = sides.map((side) => ({
    width: style[`border${side}Style`] === 'none' ? 0 : Number.parseFloat(style[`border${side}Width`]) || 0,
    paint: paintOf(style[`border${side}Color`], opacity),
  }));
  const [top, right, bottom, left] = borders as [Border, Border, Border, Border];
  const same = borders.every(({ width, paint }) => width === top.width && paint.color === top.paint.color);
  if (same && top.width > 0 && top.paint.opacity > 0) {
    const half = top.width / 2;
    const inner = { x: box.x + half, y: box.y + half, width: box.width - top.width, height: box.height - top.width };
    shapes.push({ kind: 'rect', ...inner, radius, stroke: { ...top.paint, width: top.width } });
  } else if (!same) {
    const strip = (border: Border, place: Box): Shape => ({ kind: 'rect', ...place, radius: 0, fill: border.paint });
    const far = { x: box.x + box.width - right.width, y: box.y + box.height - bottom.width };
    if (top.width > 0) shapes.push(strip(top, { ...box, height: top.width }));
    if (bottom.width > 0) shapes.push(strip(bottom, { ...box, y: far.y, height: bottom.width }));
    if (left.width > 0) shapes.push(strip(left, { ...box, width: left.width }));
    if (right.width > 0) shapes.push(strip(right, { ...box, x: far.x, width: right.width }));
  }
  return shapes;
}

interface Border {
  width: number;
  paint: ReturnType<typeof paintOf>;
}

let measuring: CanvasRenderingContext2D | null | undefined;

/** Size of a text as it is drawn. */
export function measure(text: string, font: Font): TextMetrics {
  measuring ??= document.createElement('canvas').getContext('2d');
  if (!measuring) throw new Error('no 2D context');
  measuring.font = fontText(font);
  return measuring.measureText(text);
}

function textShape(
  node: Text,
  style: CSSStyleDeclaration,
  opacity: number,
  clip: Box | undefined,
  boxOf: (rect: DOMRect) => Box,
): Shape | undefined {
  const text = node.data.replace(/\s+/g, ' ').trim();
  if (!text) return undefined;
  const range = document.createRange();
  range.selectNodeContents(node);
  const [first] = range.getClientRects();
  if (!first) return undefined;
  const box = boxOf(first);
  const font: Font = {
    ...{ sizePx: Number.parseFloat(style.fontSize), family: style.fontFamily, weight: style.fontWeight },
  };
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = measure(text, font);
  const right = style.textOverflow === 'ellipsis' && clip ? clip.x + clip.width : Number.POSITIVE_INFINITY;
  return {
    ...{ kind: 'text', x: box.x, y: box.y + (box.height - up - down) / 2 + up, anchor: 'start' },
    ...{ text: shorten(text, font, right - box.x), font, fill: paintOf(style.color, opacity) },
  };
}

/** As much of a text as has room, with an ellipsis. */
export function shorten(text: string, font: Font, room: number): string {
  if (measure(text, font).width <= room + 0.5) return text;
  const characters = [...text];
  while (characters.length > 0 && measure(`${characters.join('')}…`, font).width > room) characters.pop();
  return `${characters.join('')}…`;
}

function intersect(one: Box | undefined, other: Box): Box {
  if (!one) return other;
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  const right = Math.min(one.x + one.width, other.x + other.width);
  const bottom = Math.min(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}
