/** Line icons on a 16 × 16 grid, drawn in the text's colour. */
const paths = {
  play: { d: 'M4 2.8v10.4L13 8z', fill: true },
  stop: { d: 'M3.5 3.5h9v9h-9z', fill: true },
  loop: {
    d: 'M3 8V6.5A2.5 2.5 0 0 1 5.500 4H12M10 2l2 2-2 2M13 8v1.500A2.500 2.500 0 0 1 10.500 12H4M6 14l-2-2 2-2',
    fill: false,
  },
  zoomIn: {
    d: 'M7 2.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 0 1 0-9M10.300 10.300l3.700 3.700M7 5v4M5 7h4',
    fill: false,
  },
  zoomOut: { d: 'M7 2.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 0 1 0-9M10.300 10.300l3.700 3.700M5 7h4', fill: false },
  fit: { d: 'M1.500 3v10M14.500 3v10M4 8h8M6 6L4 8l2 2M10 6l2 2-2 2', fill: false },
  zoomSelection: {
    d: 'M4.500 3v10M11.500 3v10M1 8h3M1.800 6.500L3.500 8 1.800 9.500M15 8h-3M14.200 6.500L12.500 8l1.700 1.500',
    fill: false,
  },
  transcribe: { d: 'M2 3h12v8H8l-3 3v-3H2zM5 6h6M5 8.500h4', fill: false },
  info: { d: 'M8 1.800a6.200 6.200 0 1 1 0 12.400a6.200 6.200 0 0 1 0-12.400M8 7v4.500M8 4.500v1', fill: false },
  keyboard: { d: 'M1.500 4h13v8h-13zM4 6.500h.5M6.500 6.500H7M9 6.500h.5M11.500 6.500h.5M4.500 9.500h7', fill: false },
  smooth: { d: 'M1.500 11C4 11 4 5 6.500 5S9.500 11 12 11c1.300 0 1.800-1 2.500-2.500', fill: false },
  cells: { d: 'M2 2h12v12H2zM6 2v12M10 2v12M2 6h12M2 10h12', fill: false },
  copy: { d: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3', fill: false },
  close: { d: 'M3.500 3.500l9 9M12.500 3.500l-9 9', fill: false },
  warning: { d: 'M8 2l6.500 11.500h-13zM8 6.500v3.500M8 11.200v1', fill: false },
  error: {
    d: 'M8 1.800a6.200 6.200 0 1 1 0 12.400a6.200 6.200 0 0 1 0-12.400M5.700 5.700l4.600 4.600M10.300 5.700l-4.600 4.600',
    fill: false,
  },
  pause: { d: 'M4 3h2.800v10H4zM9.200 3H12v10H9.200z', fill: true },
  resume: { d: 'M2.500 3v10M5.500 3.200v9.600L13 8z', fill: false },
  save: { d: 'M2.500 2.500h8.500l2.500 2.500v8.500h-11zM5 2.500v3.500h5V2.500M4.500 13.500V9h7v4.500', fill: false },
  insert: { d: 'M2 13.500h12M8 2v8.500M4.800 7.300L8 10.500l3.200-3.200', fill: false },
  flame: {
    d: 'M8 1.500c.5 2.500 3.800 4 3.800 7.700A3.800 4 0 0 1 8 14.500a3.800 4 0 0 1-3.800-4.300c0-1.700.9-2.700 1.800-3.700c.3 1 .8 1.500 1.500 1.700C7.300 6 7.200 3.500 8 1.500z',
    fill: false,
  },
  output: { d: 'M2 2.500h12v11H2zM4.500 6l2 2-2 2M8 10.500h3.500', fill: false },
  report: { d: 'M3.500 1.500h6l3 3v10h-9zM9.500 1.500v3h3M5.500 8h5M5.500 10.500h5', fill: false },
  exclude: { d: 'M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M3.800 3.800l8.400 8.400', fill: false },
  spectrogram: { d: 'M2 13V8.500M4.400 13V5M6.800 13V9.500M9.200 13V3M11.600 13V7M14 13v-2', fill: false },
  line: { d: 'M2 4h12M2 8h8M2 12h10', fill: false },
  radio: { d: 'M8 5.500a2.500 2.500 0 1 1 0 5a2.500 2.500 0 0 1 0-5', fill: true },
  export: { d: 'M2.500 9v4.500h11V9M8 10.500V2M4.800 5.200L8 2l3.200 3.200', fill: false },
  inText: { d: 'M2 8h12M5 5L2 8l3 3M11 5l3 3-3 3', fill: false },
  tag: { d: 'M2 3h7l5 5-5 5H2zM4.500 8h.500', fill: false },
  chevron: { d: 'M5 6.500l3 3 3-3', fill: false },
  check: { d: 'M3 8.500l3.200 3.200L13 4.500', fill: false },
  augment: {
    d: 'M2 2.500h12v11H2zM6 2.500v11M9 2.500v11M2 9.500h4M9 9.500h5M6 5l3-2.500M6 8l3-2.500M6 11l3-2.500',
    fill: false,
  },
  link: {
    d: 'M6.800 9.200a2.600 2.600 0 0 0 3.700 0l2.700-2.700a2.600 2.600 0 0 0-3.700-3.700L8.300 4M9.200 6.800a2.600 2.600 0 0 0-3.700 0L2.800 9.500a2.600 2.600 0 0 0 3.700 3.700L7.700 12',
    fill: false,
  },
  back: { d: 'M13 8H3M7 4L3 8l4 4', fill: false },
  forward: { d: 'M3 8h10M9 4l4 4-4 4', fill: false },
  hand: {
    d: 'M8 1.500v13M1.500 8h13M6 3.500L8 1.500l2 2M6 12.500L8 14.500l2-2M3.500 6L1.500 8l2 2M12.500 6L14.500 8l-2 2',
    fill: false,
  },
  contrast: { d: 'M8 2v12a6 6 0 0 0 0-12z', fill: true },
  sliders: { d: 'M2 4.500h6M11 4.500h3M9.500 3v3M2 11.500h2M7 11.500h7M5.500 10v3', fill: false },
  reset: { d: 'M3 8a5 5 0 1 0 1.600-3.700M3 2v3h3', fill: false },
  lanes: { d: 'M2 3.500h12v3H2zM2 9.500h7v3H2zM11.500 9.500H14v3h-2.500z', fill: false },
} as const;
export type IconName = keyof typeof paths;

export function createIcon(name: IconName): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const icon = document.createElementNS(namespace, 'svg');
  const path = document.createElementNS(namespace, 'path');
  const { d, fill } = paths[name];
  path.setAttribute('d', d);
  path.setAttribute('fill', fill ? 'currentColor' : 'none');
  if (!fill) path.setAttribute('stroke', 'currentColor');
  path.setAttribute('stroke-width', '1.2');
  path.setAttribute('stroke-linecap', 'round');
  path.setAttribute('stroke-linejoin', 'round');
  icon.append(path);
  icon.setAttribute('viewBox', '0 0 16 16');
  icon.setAttribute('width', '16');
  icon.setAttribute('height', '16');
  icon.setAttribute('aria-hidden', 'true');
  return icon;
}
