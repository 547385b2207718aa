import type { Box, Font, Paint, PathPoint, Scene, Shape } from './scene.ts';

/** A scene as an SVG file: lines and text as such, images embedded by `urlOf`. Texts are only ever text. */
export function renderSvg(scene: Scene, urlOf: (image: HTMLCanvasElement) => string): string {
  const clips: string[] = [];
  const clipId = (clip: Box): string => {
    const rect = `<rect ${boxAttributes(clip)}/>`;
    if (!clips.includes(rect)) clips.push(rect);
    return `clip${clips.indexOf(rect)}`;
  };
  const body = scene.shapes.map((shape) => {
    const drawn = shapeText(shape, urlOf);
    return shape.clip ? `<g clip-path="url(#${clipId(shape.clip)})">${drawn}</g>` : drawn;
  });
  const defined = clips.map((rect, index) => `<clipPath id="clip${index}">${rect}</clipPath>`);
  const size = `width="${number(scene.width)}" height="${number(scene.height)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${number(scene.width)} ${number(scene.height)}">`,
    `<title>${escapeXml(scene.title)}</title>`,
    ...(defined.length > 0 ? [`<defs>${defined.join('')}</defs>`] : []),
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function shapeText(shape: Shape, urlOf: (image: HTMLCanvasElement) => string): string {
  switch (shape.kind) {
    case 'rect': {
      const radius = shape.radius > 0 ? ` rx="${number(shape.radius)}"` : '';
      return `<rect ${boxAttributes(shape)}${radius}${paintAttributes(shape)}/>`;
    }
    case 'path':
      return `<path d="${shape.points.map(pathText).join('')}"${paintAttributes(shape)}/>`;
    case 'text':
      return `<text x="${number(shape.x)}" y="${number(shape.y)}"${fontAttributes(shape.font)}${anchorAttribute(shape.anchor)} xml:space="preserve"${paintAttributes({ fill: shape.fill })}>${escapeXml(shape.text)}</text>`;
    case 'image':
      return `<image ${boxAttributes(shape)} preserveAspectRatio="none" href="${escapeXml(urlOf(shape.image))}"/>`;
  }
}

function pathText(point: PathPoint): string {
  if (point.to !== 'circle') return `${point.to === 'move' ? 'M' : 'L'}${number(point.x)} ${number(point.y)}`;
  const { x, y, radius: r } = point;
  const half = (side: number) => `A${number(r)} ${number(r)} 0 0 1 ${number(x + side * r)} ${number(y)}`;
  return `M${number(x - r)} ${number(y)}${half(1)}${half(-1)}Z`;
}

const boxAttributes = ({ x, y, width, height }: Box): string =>
  `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"`;

function paintAttributes({ fill, stroke }: { fill?: Paint; stroke?: Paint & { width: number } }): string {
  const opacity = (name: string, paint: Paint) => (paint.opacity < 1 ? ` ${name}="${number(paint.opacity)}"` : '');
  const filled = fill ? ` fill="${escapeXml(fill.color)}"${opacity('fill-opacity', fill)}` : ' fill="none"';
  if (!stroke) return filled;
  const width = ` stroke-width="${number(stroke.width)}"`;
  return `${filled} stroke="${escapeXml(stroke.color)}"${width}${opacity('stroke-opacity', stroke)}`;
}

const fontAttributes = ({ sizePx, family, weight }: Font): string =>
  ` font-family="${escapeXml(family)}" font-size="${number(sizePx)}"${weight === '400' ? '' : ` font-weight="${escapeXml(weight)}"`}`;

const anchorAttribute = (anchor: string) => (anchor === 'start' ? '' : ` text-anchor="${anchor}"`);

const number = (value: number): string => String(+value.toFixed(3));

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text for XML; characters that XML cannot hold become the sign for such. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character]!);
}
