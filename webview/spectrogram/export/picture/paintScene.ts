import type { Font, Paint, Scene, Shape } from './scene.ts';

/** A scene as a canvas of its device pixels; what was an image stays so pixel for pixel. */
export function paintScene(scene: Scene, ratio: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(scene.width * ratio);
  canvas.height = Math.round(scene.height * ratio);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D context');
  for (const shape of scene.shapes) {
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (shape.clip) {
      const { x, y, width, height } = shape.clip;
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
    }
    paintShape(context, shape, ratio);
    context.restore();
  }
  return canvas;
}

function paintShape(context: CanvasRenderingContext2D, shape: Shape, ratio: number): void {
  if (shape.kind === 'image') {
    const { image, x, y } = shape;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(image, Math.round(x * ratio), Math.round(y * ratio));
    return;
  }
  if (shape.kind === 'text') {
    context.font = fontText(shape.font);
    context.textAlign = shape.anchor === 'middle' ? 'center' : shape.anchor;
    setPaint(context, 'fillStyle', shape.fill);
    context.fillText(shape.text, shape.x, shape.y);
    return;
  }
  context.beginPath();
  if (shape.kind === 'rect') context.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius);
  else
    for (const point of shape.points) {
      if (point.to === 'move') context.moveTo(point.x, point.y);
      else if (point.to === 'line') context.lineTo(point.x, point.y);
      else {
        context.moveTo(point.x + point.radius, point.y);
        context.arc(point.x, point.y, point.radius, 0, 2 * Math.PI);
      }
    }
  if (shape.fill) {
    setPaint(context, 'fillStyle', shape.fill);
    context.fill();
  }
  if (shape.stroke) {
    setPaint(context, 'strokeStyle', shape.stroke);
    context.lineWidth = shape.stroke.width;
    context.stroke();
  }
}

function setPaint(context: CanvasRenderingContext2D, what: 'fillStyle' | 'strokeStyle', paint: Paint): void {
  context[what] = paint.color;
  context.globalAlpha = paint.opacity;
}

export const fontText = ({ sizePx, family, weight }: Font): string => `${weight} ${sizePx}px ${family}`;
