/** Where `mpirun` or `srun` put this process. */
export interface LaunchedRank {
  rank: number;
  size: number;
  /** Descriptor of the socket to the launcher, where it gave one: other processes do not inherit it by themselves. */
  socket?: number;
}

export const launcherSocketVariable = 'PMI_FD';

/** Variables by which launchers tell a process its rank and the number of ranks. */
const launchers: readonly [rank: string, size: string][] = [
  // Open MPI's mpirun.
  ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
  // Hydra (MPICH, Intel MPI), and Slurm's srun --mpi=pmi2.
  ['PMI_RANK', 'PMI_SIZE'],
  // Slurm's srun --mpi=pmix. A batch script has SLURM_PROCID too, though it is one process; it has no rank of PMIx.
  ['PMIX_RANK', 'SLURM_STEP_NUM_TASKS'],
];

/** This process's rank when several were started together; undefined for a process by itself. */
export function launchedRank(environment: NodeJS.ProcessEnv): LaunchedRank | undefined {
  for (const [rankName, sizeName] of launchers) {
    const [rank, size] = [wholeNumber(environment[rankName]), wholeNumber(environment[sizeName])];
    if (rank !== undefined && size !== undefined && rank < size)
      return size > 1 ? { rank, size, ...socketOf(environment) } : undefined;
  }
  return undefined;
}

function socketOf(environment: NodeJS.ProcessEnv): Pick<LaunchedRank, 'socket'> {
  const socket = wholeNumber(environment[launcherSocketVariable]);
  return socket === undefined ? {} : { socket };
}

const wholeNumber = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);
