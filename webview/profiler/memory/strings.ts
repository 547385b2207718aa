import type { MemoryCategory } from '../../../src/shared/run/events.ts';

const english = {
  title: 'Memory',
  none: 'No figures yet: the first sample comes a few seconds after the start.',
  noneEver: 'This run noted no figures of its memory.',
  chart: 'Memory of the run',
  help: 'Resident memory of the engine and of the process that runs the graph, by what holds it.',
  time: 'Time',
  resident: 'Resident',
  categories: {
    engineHeap: 'Engine: JS heap',
    engineExternal: 'Engine: external',
    engineNative: 'Engine: native',
    graphHeap: 'Graph: JS heap',
    graphExternal: 'Graph: external',
    graphNative: 'Graph: ONNX Runtime',
  } satisfies Record<MemoryCategory, string>,
  facts: '{0} now, {1} at most. The machine has {2} of {3} in use.',
  forecastFact: 'Forecast for the graph process: {0} at most; {1} reached so far.',
  forecast: 'forecast peak of the graph process {0}',
  machine: 'memory of the machine {0}',
  leak: 'Leak: “{0}” grows by {1} a step, steps {2} to {3}',
  noLeak: 'No leak has been found.',
};

export type MemoryStrings = typeof english;

const chinese: MemoryStrings = {
  title: '内存',
  none: '尚无数据：启动几秒后会有第一个样本。',
  noneEver: '此运行没有记录内存数据。',
  chart: '运行的内存',
  help: '引擎与执行计算图的进程的常驻内存，按占用者划分。',
  time: '时间',
  resident: '常驻',
  categories: {
    engineHeap: '引擎：JS 堆',
    engineExternal: '引擎：外部',
    engineNative: '引擎：本机',
    graphHeap: '计算图：JS 堆',
    graphExternal: '计算图：外部',
    graphNative: '计算图：ONNX Runtime',
  },
  facts: '当前 {0}，最高 {1}。本机已用 {2}，共 {3}。',
  forecastFact: '计算图进程的预测峰值：{0}；目前最高达到 {1}。',
  forecast: '计算图进程的预测峰值 {0}',
  machine: '本机内存 {0}',
  leak: '泄漏：“{0}”每步增长 {1}，第 {2} 至 {3} 步',
  noLeak: '未发现泄漏。',
};

export function memoryStrings(language: string): MemoryStrings {
  return language.toLowerCase().startsWith('zh') ? chinese : english;
}
