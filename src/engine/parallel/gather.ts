import type { Mpi } from './mpi.ts';

/** The bytes of every rank, in the order of the ranks. */
export async function gather(mpi: Mpi, own: Uint8Array): Promise<Uint8Array[]> {
  await mpi.meet();
  const lengths = new Float64Array(mpi.size);
  const ownLength = new Float64Array(mpi.size);
  ownLength[mpi.rank] = own.length;
  mpi.sum(ownLength, lengths);
  return Array.from(lengths, (length, rank) => {
    const bytes = rank === mpi.rank ? Uint8Array.from(own) : new Uint8Array(length);
    if (length > 0) mpi.broadcast(bytes, rank);
    return bytes;
  });
}
