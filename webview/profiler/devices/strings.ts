import type { GpuFigure } from './deviceSeries.ts';

const english = {
  title: 'Devices',
  none: 'No figures yet: the first sample comes a few seconds after the start.',
  noneEver: 'This run noted no figures of its devices.',
  trainsOn: { one: 'Trains on {0} with {1} thread', many: 'Trains on {0} with {1} threads' },
  because: '{0}: {1}',
  absent: 'No GPU figures: {0}',
  noGpu: 'none was found',
  now: 'GPUs now',
  nowRow: 'GPU {0}',
  name: 'GPU',
  figures: {
    utilization: 'Utilisation',
    memoryUsedBytes: 'Memory',
    temperatureC: 'Temperature',
    powerW: 'Power',
  } satisfies Record<GpuFigure, string>,
  of: '{0} of {1}',
  charts: {
    utilization: 'GPU utilisation',
    memoryUsedBytes: 'GPU memory',
    temperatureC: 'GPU temperature',
    powerW: 'GPU power',
  } satisfies Record<GpuFigure, string>,
  help: {
    utilization: 'Share of the time in which a kernel ran, as nvidia-smi says.',
    memoryUsedBytes: 'Memory in use on the card, by all processes.',
    temperatureC: 'Temperature of the GPU’s core.',
    powerW: 'Power that the whole card draws.',
    cpu: 'Share of all cores’ time since the sample before.',
    memory: 'Memory in use by all processes of the machine.',
  },
  cpu: 'CPU',
  run: 'This run',
  machine: 'Machine',
  ram: 'RAM of the machine',
  inUse: 'In use',
  all: '{0} in all',
  time: 'Time',
};

export type DeviceStrings = typeof english;

const chinese: DeviceStrings = {
  title: '设备',
  none: '尚无数据：启动几秒后会有第一个样本。',
  noneEver: '此运行没有记录设备数据。',
  trainsOn: { one: '在 {0} 上训练，{1} 个线程', many: '在 {0} 上训练，{1} 个线程' },
  because: '{0}：{1}',
  absent: '没有 GPU 数据：{0}',
  noGpu: '未找到 GPU',
  now: '当前 GPU',
  nowRow: 'GPU {0}',
  name: 'GPU',
  figures: { utilization: '利用率', memoryUsedBytes: '显存', temperatureC: '温度', powerW: '功率' },
  of: '{0} / {1}',
  charts: {
    utilization: 'GPU 利用率',
    memoryUsedBytes: 'GPU 显存',
    temperatureC: 'GPU 温度',
    powerW: 'GPU 功率',
  },
  help: {
    utilization: 'nvidia-smi 报告的内核运行时间占比。',
    memoryUsedBytes: '显卡上所有进程占用的显存。',
    temperatureC: 'GPU 核心温度。',
    powerW: '整张显卡的功率。',
    cpu: '自上一个样本以来所有核心时间的占比。',
    memory: '本机所有进程占用的内存。',
  },
  cpu: 'CPU',
  run: '本次运行',
  machine: '整机',
  ram: '本机内存',
  inUse: '已用',
  all: '共 {0}',
  time: '时间',
};

export function deviceStrings(language: string): DeviceStrings {
  return language.toLowerCase().startsWith('zh') ? chinese : english;
}
