import type { SpectrogramPainter } from './spectrogramPainter.ts';

const vertexSource = `#version 300 es
void main() {
  // One triangle that covers everything.
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/** Cells are bytes: x is the band, y the column, so that tiles lie one after the other in memory. */
const fragmentSource = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D cells;
uniform sampler2D colors;
uniform float firstColumn;
uniform float columnsPerPixel;
uniform float validColumns;
uniform vec2 bandsAndColumns;
uniform float height;
uniform vec2 levels; // lowest shown, 1 / (highest - lowest), of 255
uniform bool smoothly;
out vec4 color;

float cellAt(float column, float band) {
  // The last tile may reach beyond the clip: what lies there must not be blended in.
  if (smoothly) return texture(cells, vec2(band, min(column, validColumns - 0.5)) / bandsAndColumns).r;
  ivec2 last = ivec2(bandsAndColumns.x, min(bandsAndColumns.y, validColumns)) - 1;
  return texelFetch(cells, clamp(ivec2(floor(vec2(band, column))), ivec2(0), last), 0).r;
}

void main() {
  float column = firstColumn + gl_FragCoord.x * columnsPerPixel;
  float band = gl_FragCoord.y / height * bandsAndColumns.x;
  float half_ = 0.5 * columnsPerPixel;
  if (column + half_ < 0.0 || column - half_ > validColumns) { color = vec4(0.0); return; }
  float value = 0.0;
  if (columnsPerPixel <= 1.0) value = cellAt(column, band);
  else for (int i = 0; i < 4; i++) value += 0.25 * cellAt(column + (float(i) - 1.5) * 0.25 * columnsPerPixel, band);
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
    firstColumn: place('firstColumn'),
    columnsPerPixel: place('columnsPerPixel'),
    validColumns: place('validColumns'),
    bandsAndColumns: place('bandsAndColumns'),
    height: place('height'),
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
      gl.uniform1f(uniforms.firstColumn, view.firstColumn);
      gl.uniform1f(uniforms.columnsPerPixel, view.columnsPerPixel);
      gl.uniform1f(uniforms.validColumns, view.validColumns);
      gl.uniform2f(uniforms.bandsAndColumns, size.bins, size.columns);
      gl.uniform1f(uniforms.height, canvas.height);
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
  const filter = unit === 0 ? gl.LINEAR : gl.NEAREST;
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
  return texture;
}
