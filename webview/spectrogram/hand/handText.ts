import type { SnapMode } from './snap.ts';
import type { AxisLock } from './zoomPan.ts';

const english = {
  back: 'Previous view (Alt+←)',
  forward: 'Next view (Alt+→)',
  options: 'Zooming and snapping',
  axes: 'Zoom and scroll (K)',
  axisLocks: { both: 'Time and frequencies', time: 'Time only', frequency: 'Frequencies only' } satisfies Record<
    AxisLock,
    string
  >,
  snapping: 'Edges of the selection snap to (S)',
  snapModes: { off: 'Nothing', zero: 'Zero crossings', words: 'Edges of words and labels' } satisfies Record<
    SnapMode,
    string
  >,
  boxTool: 'Draw a rectangle to zoom to',
  boxToolOff: 'Dragging selects',
  resetZoom: 'Reset zoom',
  goTo: 'Go to time…',
  goToLabel: 'Go to',
  goToHint: '83.5 · 1:23.5 · s1328000 (sample) · f8300 (frame) · +2 or −0.5 (from the cursor)',
  wrong: {
    unknown: 'This is not a time.',
    before: 'That is before the start.',
    after: 'The recording ends at {0}.',
  },
  went: 'Cursor at {0}',
  shows: 'Shows {0} to {1}, {2}',
  noView: { back: 'No earlier view', forward: 'No later view' },
  selected: 'Selected {0} to {1}',
  nothingSelected: 'Nothing is selected',
};

export type HandText = typeof english;

const chinese: HandText = {
  back: '上一视图（Alt+←）',
  forward: '下一视图（Alt+→）',
  options: '缩放与吸附',
  axes: '缩放和滚动（K）',
  axisLocks: { both: '时间和频率', time: '仅时间', frequency: '仅频率' },
  snapping: '选区边缘吸附到（S）',
  snapModes: { off: '不吸附', zero: '过零点', words: '词和标注的边缘' },
  boxTool: '画矩形放大',
  boxToolOff: '拖动为选择',
  resetZoom: '重置缩放',
  goTo: '转到时间…',
  goToLabel: '转到',
  goToHint: '83.5 · 1:23.5 · s1328000（采样）· f8300（帧）· +2 或 −0.5（相对光标）',
  wrong: {
    unknown: '这不是时间。',
    before: '早于开头。',
    after: '录音结束于 {0}。',
  },
  went: '光标位于 {0}',
  shows: '显示 {0} 至 {1}，{2}',
  noView: { back: '没有更早的视图', forward: '没有更晚的视图' },
  selected: '已选择 {0} 至 {1}',
  nothingSelected: '没有选择任何内容',
};

/** The words of zooming, snapping and going to places, in the page's language. */
export function handText(): HandText {
  return document.documentElement.lang.toLowerCase().startsWith('zh') ? chinese : english;
}
