import { hostname } from 'node:os';
import { deserialize, serialize } from 'node:v8';
import { type Problem, UserError } from '../../shared/problem.ts';
import { alone, ofFirst, type Ranks } from '../../training/ranks.ts';
import { type Checkpoint, readCheckpoint } from '../../training/run/checkpoints.ts';
import { hashContent } from '../../training/run/durableFiles.ts';
import type { RunState } from '../../training/runState.ts';
import type { TrainingData } from '../../training/trainingData.ts';
import { type OrtClient, startOrtClient } from '../ortClient.ts';
import type { LaunchedRank } from '../parallel/launchedRanks.ts';

export interface JoinedRanks {
  ranks: Ranks;
  /** The process that runs the graph: it is also the one that talks to the other ranks. Absent in a run of one process. */
  client?: OrtClient;
  /** Waits for the other ranks to be done too. */
  leave(): Promise<void>;
}

/** Joins the processes that were started together with this one, if there are any. */
export async function joinRanks(launched: LaunchedRank | undefined): Promise<JoinedRanks> {
  if (!launched) return { ranks: alone, leave: async () => undefined };
  const client = startOrtClient(launched.socket);
  try {
    const { rank, count } = await client.call('joinRanks', launched.size);
    const gather = async <T>(own: T) =>
      (await client.call('gather', serialize(own))).map((bytes) => deserialize(bytes));
    return {
      client,
      ranks: { rank, count, gather },
      async leave() {
        await gather('done');
        await client.call('leaveRanks');
      },
    };
  } catch (error) {
    await client.dispose();
    throw error;
  }
}

/** Ranks that hand the problems met meanwhile to rank 0, which has the run's log, whenever they meet. */
export function withReports(ranks: Ranks, take: () => Problem[], report: (problem: Problem) => void): Ranks {
  if (ranks.count === 1) return ranks;
  return {
    ...ranks,
    async gather(own) {
      const all = await ranks.gather({ own, problems: ranks.rank === 0 ? [] : take() });
      if (ranks.rank === 0) for (const { problems } of all) for (const problem of problems) report(problem);
      return all.map((each) => each.own);
    },
  };
}

/** The checkpoint that rank 0 finds, read by each rank; one that does not see the run directory cannot go on with it. */
export async function sharedCheckpoint(
  ranks: Ranks,
  find: () => Promise<Checkpoint<RunState> | undefined>,
): Promise<Checkpoint<RunState> | undefined> {
  const own = ranks.rank === 0 ? await find() : undefined;
  const named = await ofFirst(ranks, own && { directory: own.directory, hashes: own.hashes });
  if (ranks.rank === 0 || !named) return own;
  const read = await readCheckpoint<RunState>(named.directory).catch((error: Error) => {
    throw new UserError(`the checkpoint cannot be read on ${hostname()}: ${error.message}`);
  });
  if (read.hashes.model !== named.hashes.model)
    throw new UserError(`${named.directory} is another checkpoint on ${hostname()} than on the first rank's host`);
  return read;
}

/** Ranks plan their batches by themselves, so they must have found the same utterances. */
export async function checkSameData(ranks: Ranks, { train, manifestHash }: TrainingData): Promise<void> {
  const found = train.examples.map(({ key, samples, text }) => [key, samples, text]);
  const all = await ranks.gather({ hash: hashContent(JSON.stringify([manifestHash, found])), host: hostname() });
  const other = all.findIndex(({ hash }) => hash !== all[0]!.hash);
  if (other > 0)
    throw new UserError(
      `rank ${other} on ${all[other]!.host} finds other training utterances than rank 0 on ${all[0]!.host}; ` +
        'all hosts need the same manifests and recordings',
    );
}
