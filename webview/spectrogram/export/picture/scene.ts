/** A drawing in CSS pixels, in the order of painting. */
export interface Scene {
  width: number;
  height: number;
  /** What it shows, in words. */
  title: string;
  shapes: Shape[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** `clip` cuts what lies outside. Colours are `#rrggbb` with their opacity apart. */
export type Shape = { clip?: Box } & (
  | ({ kind: 'rect'; radius: number; fill?: Paint; stroke?: Paint & { width: number } } & Box)
  | { kind: 'path'; points: PathPoint[]; fill?: Paint; stroke?: Paint & { width: number } }
  | { kind: 'text'; x: number; y: number; text: string; font: Font; fill: Paint; anchor: 'start' | 'middle' | 'end' }
  | ({ kind: 'image'; image: HTMLCanvasElement } & Box)
);

export interface Paint {
  color: string;
  opacity: number;
}

export interface Font {
  sizePx: number;
  family: string;
  weight: string;
}

/** A circle stands for itself. */
export type PathPoint =
  | { to: 'move'; x: number; y: number }
  | { to: 'line'; x: number; y: number }
  | { to: 'circle'; x: number; y: number; radius: number };
