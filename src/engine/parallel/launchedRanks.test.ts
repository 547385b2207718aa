import { expect, test } from 'vitest';
import { launchedRank } from './launchedRanks.ts';

test.each([
  ['Open MPI', { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '2', PMIX_RANK: '1' }, { rank: 1, size: 2 }],
  ['Hydra', { PMI_RANK: '0', PMI_SIZE: '4', PMI_FD: '9' }, { rank: 0, size: 4, socket: 9 }],
  ['srun --mpi=pmix', { PMIX_RANK: '7', SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '7' }, { rank: 7, size: 8 }],
])('%s', (_, environment, expected) => {
  expect(launchedRank(environment)).toEqual(expected);
});

test.each([
  ['a shell', {}],
  ['mpirun -np 1', { OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '1' }],
  ['a batch script of Slurm', { SLURM_PROCID: '0', SLURM_NTASKS: '4', SLURM_JOB_ID: '3' }],
  ['nonsense', { PMI_RANK: 'x', PMI_SIZE: '2' }],
  ['a rank out of range', { PMI_RANK: '2', PMI_SIZE: '2' }],
])('%s starts one process by itself', (_, environment) => {
  expect(launchedRank(environment)).toBeUndefined();
});
