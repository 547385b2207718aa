import { describe, expect, it } from 'vitest';
import { explainNoGpus, parseGpus } from './parseGpus.ts';

const MiB = 2 ** 20;
const healthy = {
  index: 0,
  name: 'NVIDIA H100 80GB HBM3',
  utilization: 97,
  memoryUsedBytes: 41_233 * MiB,
  memoryTotalBytes: 81_559 * MiB,
  temperatureC: 61,
  powerW: 612.4,
};

/** Answers in the forms that drivers are known to write. */
const answers: { driver: string; answer: string; expected: object[] }[] = [
  {
    driver: '550 and later, one GPU',
    answer: '0, NVIDIA H100 80GB HBM3, 97, 41233, 81559, 61, 612.40\n',
    expected: [healthy],
  },
  {
    driver: '470, several GPUs, with CRLF as on Windows',
    answer:
      '0, NVIDIA GeForce RTX 3090, 0, 5, 24268, 30, 17.66\r\n1, NVIDIA GeForce RTX 3090, 100, 23001, 24268, 83, 349.80\r\n',
    expected: [
      {
        index: 0,
        name: 'NVIDIA GeForce RTX 3090',
        utilization: 0,
        memoryUsedBytes: 5 * MiB,
        memoryTotalBytes: 24_268 * MiB,
        temperatureC: 30,
        powerW: 17.66,
      },
      {
        index: 1,
        name: 'NVIDIA GeForce RTX 3090',
        utilization: 100,
        memoryUsedBytes: 23_001 * MiB,
        memoryTotalBytes: 24_268 * MiB,
        temperatureC: 83,
        powerW: 349.8,
      },
    ],
  },
  {
    driver: '390, a GeForce without figures',
    answer: '0, GeForce GTX 770, [Not Supported], 312, 2004, 44, [Not Supported]\n',
    expected: [
      { index: 0, name: 'GeForce GTX 770', memoryUsedBytes: 312 * MiB, memoryTotalBytes: 2004 * MiB, temperatureC: 44 },
    ],
  },
  {
    driver: '535, MIG in a container without rights',
    answer: '0, NVIDIA A100-SXM4-80GB, [N/A], [Insufficient Permissions], [Insufficient Permissions], 47, 65.20\n',
    expected: [{ index: 0, name: 'NVIDIA A100-SXM4-80GB', temperatureC: 47, powerW: 65.2 }],
  },
  {
    driver: '570, unified memory',
    answer: '0, NVIDIA GB10, 12, [N/A], [N/A], 41, 9.87\n',
    expected: [{ index: 0, name: 'NVIDIA GB10', utilization: 12, temperatureC: 41, powerW: 9.87 }],
  },
  {
    driver: 'a card that must be reset',
    answer:
      '0, NVIDIA RTX PRO 6000, [GPU requires reset], 0, 97887, [GPU requires reset], ERR!\n1, NVIDIA RTX A6000, [Unknown Error], 6, 49140, 32, 25.02\n',
    expected: [
      { index: 0, name: 'NVIDIA RTX PRO 6000', memoryUsedBytes: 0, memoryTotalBytes: 97_887 * MiB },
      {
        index: 1,
        name: 'NVIDIA RTX A6000',
        memoryUsedBytes: 6 * MiB,
        memoryTotalBytes: 49_140 * MiB,
        temperatureC: 32,
        powerW: 25.02,
      },
    ],
  },
  {
    driver: 'a card that fell off the bus, among lines of other kinds',
    answer:
      'WARNING: infoROM is corrupted at gpu 0000:01:00.0\n0, NVIDIA H100 80GB HBM3, 97, 41233, 81559, 61, 612.40\n' +
      'Unable to determine the device handle for GPU0000:02:00.0: Unknown Error\n' +
      '[Unknown Error], [Unknown Error], [Unknown Error], [Unknown Error], [Unknown Error], [Unknown Error], [Unknown Error]\n\n',
    expected: [healthy],
  },
  {
    driver: 'units and a header all the same, a comma in the name',
    answer:
      'index, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], temperature.gpu, power.draw [W]\n' +
      '3, Tesla K80, rev. A, 97 %, 41233 MiB, 81559 MiB, 61, 612.40 W\n',
    expected: [{ ...healthy, index: 3, name: 'Tesla K80, rev. A' }],
  },
  { driver: 'none', answer: 'No devices were found\n', expected: [] },
  { driver: 'nothing at all', answer: '', expected: [] },
  { driver: 'a line that was cut off', answer: '0, NVIDIA H100 80GB HBM3, 97, 412', expected: [] },
];

describe('parseGpus', () => {
  it.each(answers)('reads the answer of $driver', ({ answer, expected }) => {
    expect(parseGpus(answer)).toEqual(expected);
  });

  it('never invents a figure', () => {
    const names = ['[N/A]', '', '-', 'nan', '12,5', '0x10', '1e9e', '[Unknown Error]'];
    for (const name of names) {
      const [gpu] = parseGpus(`0, GPU, ${name.replace(',', ';')}, 1, 2, 3, 4`);
      expect(gpu).toEqual({
        index: 0,
        name: 'GPU',
        memoryUsedBytes: MiB,
        memoryTotalBytes: 2 * MiB,
        temperatureC: 3,
        powerW: 4,
      });
    }
  });
});

describe('explainNoGpus', () => {
  it('gives what the program said first', () => {
    const failed =
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n";
    expect(explainNoGpus(failed, '')).toBe(`nvidia-smi: ${failed.trim()}`);
    expect(explainNoGpus('', 'Failed to initialize NVML: Driver/library version mismatch\r\n')).toBe(
      'nvidia-smi: Failed to initialize NVML: Driver/library version mismatch',
    );
    expect(explainNoGpus('\n', '')).toBe('nvidia-smi names no GPU');
  });
});
