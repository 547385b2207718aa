import type { SpectrogramPainter } from './spectrogramPainter.ts';

const vertexSource = `#version 300 es
void main() {
  // One triangle that covers everything.
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/**
 * Cells are bytes: x is the band, y the column, so that tiles lie one after the other in memory. Where cells are
 * smaller than pixels, each belongs to the pixel that holds its centre, and a pixel shows its highest level.
 */
const fragmentSource = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform sampler2D cells;
uniform sampler2D colors;
uniform vec2 firstCell; // band at the lower edge, column at the left edge
uniform vec2 cellsPerPixel;
uniform vec2 cellCount; // those that belong to the clip
uniform vec2 levels; // lowest shown, 1 / (highest - lowest), of 255
uniform bool smoothly;
out vec4 color;

// First and last cell of a pixel along one axis, and the share of the last one where two are blended.
void spanOf(float pixel, float first, float perPixel, float count, out ivec2 span, out float share) {
  share = 0.0;
  float from = first + pixel * perPixel;
  float to = first + (pixel + 1.0) * perPixel;
  if (perPixel >= 1.0) {
    span = ivec2(max(0.0, ceil(from - 0.5)), min(count, ceil(to - 0.5)) - 1.0);
    return;
  }
  float middle = 0.5 * (from + to);
  float left = floor(smoothly ? middle - 0.5 : middle);
  if (smoothly && left >= 0.0 && left < count - 1.0) {
    share = middle - 0.5 - left;
    span = ivec2(left, left + 1.0);
  } else span = ivec2(clamp(left, 0.0, count - 1.0));
  if (middle < 0.0 || middle > count) span = ivec2(0, -1);
}

float columnLevel(int column, ivec2 bands, float share) {
  if (share > 0.0)
    return mix(texelFetch(cells, ivec2(bands.x, column), 0).r, texelFetch(cells, ivec2(bands.y, column), 0).r, share);
  float level = 0.0;
  for (int band = bands.x; band <= bands.y; band++) level = max(level, texelFetch(cells, ivec2(band, column), 0).r);
  return level;
}

void main() {
  ivec2 columns;
  ivec2 bands;
  float across;
  float up;
  vec2 pixel = floor(gl_FragCoord.xy);
  spanOf(pixel.x, firstCell.y, cellsPerPixel.y, cellCount.y, columns, across);
  spanOf(pixel.y, firstCell.x, cellsPerPixel.x, cellCount.x, bands, up);
  if (columns.y < columns.x) { color = vec4(0.0); return; }
  float value = 0.0;
  if (across > 0.0) value = mix(columnLevel(columns.x, bands, up), columnLevel(columns.y, bands, up), across);
  else for (int column = columns.x; column <= columns.y; column++) value = max(value, columnLevel(column, bands, up));
  float level = clamp((value * 255.0 - levels.x) * levels.y, 0.0, 1.0);
  color = texture(colors, vec2((level * 255.0 + 0.5) / 256.0, 0.5));
}`;

/** Paints with WebGL 2; undefined where there is none. */
export function createWebglPainter(canvas: HTMLCanvasElement, lost: () => void): SpectrogramPainter | undefined {
  const gl = canvas.getContext('webgl2', { alpha: true, premultipliedAlpha: true, antialias: false, depth: false });
  if (!gl) return undefined;
  canvas.addEventListener('webglcontextlost', lost, { once: true });
  const program = buildProgram(gl);
  if (!program) return undefined;
  const place = (name: string) => gl.getUniformLocation(program, name);
  const uniforms = {
    firstCell: place('firstCell'),
    cellsPerPixel: place('cellsPerPixel'),
    cellCount: place('cellCount'),
    levels: place('levels'),
    smoothly: place('smoothly'),
  };
  const cells = buildTexture(gl, 0);
  const colors = buildTexture(gl, 1);
  gl.useProgram(program);
  gl.uniform1i(place('cells'), 0);
  gl.uniform1i(place('colors'), 1);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  let size = { bins: 1, columns: 1 };
  return {
    kind: 'webgl2',
    maxColumns: Math.min(8192, gl.getParameter(gl.MAX_TEXTURE_SIZE) as number),
    setCells(data, columns, bins) {
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, cells);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, bins, columns, 0, gl.RED, gl.UNSIGNED_BYTE, data);
      size = { bins, columns };
    },
    setColors(table) {
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, colors);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, table);
    },
    paint(view) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.uniform2f(uniforms.firstCell, view.firstBand, view.firstColumn);
      gl.uniform2f(uniforms.cellsPerPixel, view.bandsPerPixel, view.columnsPerPixel);
      gl.uniform2f(uniforms.cellCount, size.bins, Math.min(size.columns, view.validColumns));
      gl.uniform2f(uniforms.levels, view.lowLevel, 1 / Math.max(1, view.highLevel - view.lowLevel));
      gl.uniform1i(uniforms.smoothly, view.smooth ? 1 : 0);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    },
  };
}

function buildProgram(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexSource],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  console.warn('spectrogram shader:', gl.getProgramInfoLog(program));
  return undefined;
}

function buildTexture(gl: WebGL2RenderingContext, unit: number): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const axis of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, axis, gl.CLAMP_TO_EDGE);
  for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.NEAREST);
  return texture;
}
