import { describe, expect, it } from 'vitest';
import { escapeXml, renderSvg } from './renderSvg.ts';
import type { Scene, Shape } from './scene.ts';

const black = { color: '#000000', opacity: 1 };
const textShape = (text: string): Shape => ({
  ...{ kind: 'text', x: 1, y: 2.00049, text, fill: black, anchor: 'middle' },
  font: { sizePx: 11, family: '"Droid Sans", sans-serif', weight: '400' },
});
const sceneOf = (...shapes: Shape[]): Scene => ({ width: 100, height: 50, title: 'a.wav <1 & 2>', shapes });

describe('a picture as SVG', () => {
  it('holds lines, texts, boxes and images', () => {
    const clip = { x: 0, y: 0, width: 10, height: 10 };
    const line = [
      { to: 'move' as const, x: 0, y: 0 },
      { to: 'line' as const, x: 1 / 3, y: 5 },
    ];
    const svg = renderSvg(
      sceneOf(
        { kind: 'rect', x: 0, y: 0, width: 5, height: 5, radius: 2, fill: { color: '#ff0000', opacity: 0.5 }, clip },
        { kind: 'path', points: line, stroke: { ...black, width: 0.5 } },
        textShape('7 kHz'),
        { kind: 'image', x: 0, y: 0, width: 5, height: 5, image: {} as HTMLCanvasElement, clip },
      ),
      () => 'data:image/png;base64,AAAA',
    );
    expect(svg).toContain('<title>a.wav &lt;1 &amp; 2&gt;</title>');
    expect(svg).toContain('<clipPath id="clip0"><rect x="0" y="0" width="10" height="10"/></clipPath>');
    expect(svg.match(/clip-path="url\(#clip0\)"/g)?.length).toBe(2);
    expect(svg).toContain('<rect x="0" y="0" width="5" height="5" rx="2" fill="#ff0000" fill-opacity="0.5"/>');
    expect(svg).toContain('<path d="M0 0L0.333 5" fill="none" stroke="#000000" stroke-width="0.5"/>');
    expect(svg).toContain('font-family="&quot;Droid Sans&quot;, sans-serif"');
    expect(svg).toContain('>7 kHz</text>');
    expect(svg).toContain('href="data:image/png;base64,AAAA"');
  });

  it('leaves hostile text text', () => {
    const hostile = '</text><script>alert("1")</script>&#x0;\u0000\u001b\ud800 ]]> \u{1f600}';
    const svg = renderSvg(sceneOf(textShape(hostile)), () => '');
    expect(svg).not.toContain('<script');
    expect(escapeXml(hostile)).toBe(
      '&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;#x0;\ufffd\ufffd\ufffd ]]&gt; \u{1f600}',
    );
  });
});
