const english = {
  profiler: 'Profiler',
};

export type Strings = typeof english;

const chinese: Strings = {
  profiler: '性能分析',
};

/** The words of the panel in the workbench's language. */
export function stringsFor(language: string): Strings {
  return language.toLowerCase().startsWith('zh') ? chinese : english;
}
