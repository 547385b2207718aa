import { formatTime } from '../../../ui/axisText.ts';
import { readTheme } from '../../../ui/theme.ts';
import { factsText } from '../../clipText.ts';
import type { Layout } from '../../layout.ts';
import { type ViewModel, viewportOf } from '../../viewModel.ts';
import { paintOf } from './colors.ts';
import { pageShapes, shorten } from './pageScene.ts';
import type { Scene, Shape } from './scene.ts';

/** What one moves about with: cursors, handles, the overview, buttons, hints. */
const leaveOut = [
  ...[
    '.overview',
    '.tag',
    '.track-marks',
    '.level-grip',
    '.scrub-handle',
    '.tiers-empty',
    'vscode-button',
    '.menu-holder',
    'input',
  ],
  '.stage > :not(.mark-selection)',
].join();
const asLines = '.ruler, .amplitudes, .frequencies';
const headPx = 44;
const edgePx = 12;

/** The lanes and tracks as they are seen, under the recording's name and the times that are seen. */
export function viewScene(layout: Layout, model: ViewModel): Scene {
  const theme = readTheme();
  const { startSec, endSec } = viewportOf(model);
  const { name, facts } = model.clip;
  const plots = layout.plots.getBoundingClientRect();
  const overview = layout.overview.getBoundingClientRect();
  // The overview's room goes to the title.
  const lifted = layout.overview.hidden ? 0 : overview.bottom - plots.top;
  const [width, height] = [plots.width, plots.height - lifted + headPx];
  const times = `${formatTime(startSec)} – ${formatTime(endSec)}`;
  const title = (text: string, y: number, sizePx: number, weight: string, color: string): Shape => {
    const font = { sizePx, family: theme.fontFamily, weight };
    const shown = shorten(text, font, width - 2 * edgePx);
    return { kind: 'text', x: edgePx, y, text: shown, font, fill: paintOf(color), anchor: 'start' };
  };
  return {
    ...{ width, height, title: `${name}, ${times}` },
    shapes: [
      { kind: 'rect', x: 0, y: 0, width, height, radius: 0, fill: { ...paintOf(theme.background), opacity: 1 } },
      ...pageShapes(layout.plots, { leaveOut, asLines, x: 0, y: headPx - lifted }),
      title(name, 18, 14, '600', theme.foreground),
      title(`${times}  ·  ${factsText(facts, model.text)}`, 35, 11, '400', theme.muted),
    ],
  };
}
