const english = {
  linkWith: 'Share time with the views beside',
  linked: 'Time is shared with {0}: press to go separate ways',
  unlinked: 'Time is not shared with {0}: press to share it',
  comparison: 'Comparison',
  sharing: 'Same time as {0}',
  apart: 'Beside {0}, each with its own time',
  sameRecording: 'the other view of this recording',
  shifted: 'moved by {0} s',
  align: 'Align cursors',
  alignHint: 'From now on the cursors of both views mean the same moment',
  resetShift: 'Undo the shift',
  link: 'Share time',
  unlink: 'Separate',
};
export type CompareStrings = typeof english;

const chinese: CompareStrings = {
  linkWith: '与旁边的视图共享时间',
  linked: '与 {0} 共享时间：按下可分开',
  unlinked: '未与 {0} 共享时间：按下可共享',
  comparison: '比较',
  sharing: '与 {0} 时间同步',
  apart: '位于 {0} 旁，时间各自独立',
  sameRecording: '本录音的另一视图',
  shifted: '已移动 {0} 秒',
  align: '对齐光标',
  alignHint: '此后两个视图的光标表示同一时刻',
  resetShift: '撤销移动',
  link: '共享时间',
  unlink: '分开',
};

/** The words of comparisons in the workbench's language. */
export const compareStringsFor = (language: string): CompareStrings =>
  language.toLowerCase().startsWith('zh') ? chinese : english;
