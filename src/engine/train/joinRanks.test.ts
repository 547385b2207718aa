import { expect, test } from 'vitest';
import { ranksTogether } from '../../../test/ranksTogether.ts';
import type { Problem } from '../../shared/problem.ts';
import { alone } from '../../training/ranks.ts';
import type { TrainingData } from '../../training/trainingData.ts';
import { coresOfRank, physicalCores } from '../threads.ts';
import { checkSameData, withReports } from './joinRanks.ts';
import { createSilentLog } from './runLog.ts';

test("what other ranks report reaches the first rank's log when they next meet, once", async () => {
  const [first, second] = ranksTogether(2) as [typeof alone, typeof alone];
  const heard: Problem[] = [];
  const silent = createSilentLog();
  const a = withReports(
    first,
    () => [],
    (problem) => heard.push(problem),
  );
  const b = withReports(second, silent.take, silent.report);
  const gone: Problem = { code: 'audio-missing', severity: 'error', message: 'gone', file: 'train.jsonl', line: 3 };
  silent.report(gone);
  expect(await Promise.all([a.gather('x'), b.gather('y')])).toEqual([
    ['x', 'y'],
    ['x', 'y'],
  ]);
  await Promise.all([a.gather(1), b.gather(2)]);
  expect(heard).toEqual([gone]);
});

test('ranks that found other utterances are named, on every rank', async () => {
  const data = (samples: number) =>
    ({ manifestHash: 'h', train: { examples: [{ key: '0:a.wav', samples, text: 'a' }] } }) as unknown as TrainingData;
  const ranks = ranksTogether(3);
  const check = (samples: number[]) =>
    Promise.allSettled(ranks.map((rank, i) => checkSameData(rank, data(samples[i]!))));
  expect((await check([5, 5, 5])).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  for (const end of await check([5, 5, 6]))
    expect(end).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/^rank 2 on .* finds other/) },
    });
});

test('ranks that may use the same cores share them', async () => {
  const cores = physicalCores();
  expect(await coresOfRank(alone)).toBe(cores);
  const shared = await Promise.all(ranksTogether(2).map(coresOfRank));
  expect(shared).toEqual([Math.max(1, Math.floor(cores / 2)), Math.max(1, Math.floor(cores / 2))]);
  const bound = {
    ...alone,
    gather: async <T>(own: T) => [own, { ...own, cores: 'others' }, { ...own, host: 'another' }],
  };
  expect(await coresOfRank(bound)).toBe(cores);
});
