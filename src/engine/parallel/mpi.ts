import koffi from 'koffi';
import { UserError } from '../../shared/problem.ts';
import { loadMpi, type MpiLibrary } from './mpiLibrary.ts';

/** The ranks of one job, over the Message Passing Interface. Every call is collective: all ranks make it, in one order. */
export interface Mpi {
  readonly rank: number;
  readonly size: number;
  /** Sums of all ranks' values, on every rank; the two must not overlap. */
  sum(from: Float32Array | Float64Array, to: Float32Array | Float64Array): void;
  /** Overwrites the bytes of the other ranks with the root's. */
  broadcast(bytes: Uint8Array, root: number): void;
  /** Resolves when all ranks are here. It sleeps meanwhile, where the other calls keep a core busy. */
  meet(): Promise<void>;
  /** The last call; a rank that ends without it ends the job. */
  finalize(): void;
}

/** Begins MPI in this process; throws a UserError when there is no library, or one that `mpirun` is not of. */
export function openMpi(expectedSize: number, environment: NodeJS.ProcessEnv): Mpi {
  const library = loadMpi(environment);
  const call = bindCalls(library);
  call.init(null, null);
  dieWithParent();
  const integer = (read: (...args: unknown[]) => void) => {
    const value = new Int32Array(1);
    read(library.world, value);
    return value[0]!;
  };
  const size = integer(call.size);
  if (size !== expectedSize)
    throw new UserError(
      `${expectedSize} processes were started, but ${library.name} sees ${size}: it is of another MPI than what started them; ` +
        'name the right one in ASR_MPI_LIBRARY',
    );
  return {
    rank: integer(call.rank),
    size,
    sum(from, to) {
      const type = from instanceof Float32Array ? library.float32 : library.float64;
      call.allreduce(from, to, from.length, type, library.sum, library.world);
    },
    broadcast: (bytes, root) => call.broadcast(bytes, bytes.length, library.byte, root, library.world),
    async meet() {
      // An MPI_Request: a pointer in Open MPI, an int in MPICH.
      const request = new BigInt64Array(1);
      const done = new Int32Array(1);
      const status = new Uint8Array(statusBytes);
      call.barrier(library.world, request);
      for (let waitMs = 0; ; waitMs = Math.min(longestNapMs, waitMs + 0.1)) {
        call.test(request, done, status);
        if (done[0]) return;
        await new Promise<void>((resume) => (waitMs < 1 ? setImmediate(resume) : setTimeout(resume, waitMs)));
      }
    },
    finalize: () => call.finalize(),
  };
}

const longestNapMs = 10;
/** More than any MPI_Status: 24 bytes in Open MPI, 20 in MPICH. */
const statusBytes = 64;

/** The functions, each throwing when MPI says no. By default MPI ends the job before it would. */
function bindCalls({ library, handle, name }: MpiLibrary) {
  const bind = (symbol: string, ...parameters: string[]) => {
    const native = library.func(symbol, 'int', parameters) as (...args: unknown[]) => number;
    return (...args: unknown[]): void => {
      const code = native(...args);
      if (code !== 0) throw new Error(`${symbol} of ${name} failed with code ${code}`);
    };
  };
  return {
    init: bind('MPI_Init', 'void *', 'void *'),
    rank: bind('MPI_Comm_rank', handle, 'void *'),
    size: bind('MPI_Comm_size', handle, 'void *'),
    allreduce: bind('MPI_Allreduce', 'void *', 'void *', 'int', handle, handle, handle),
    broadcast: bind('MPI_Bcast', 'void *', 'int', handle, 'int', handle),
    barrier: bind('MPI_Ibarrier', handle, 'void *'),
    test: bind('MPI_Test', 'void *', 'void *', 'void *'),
    finalize: bind('MPI_Finalize'),
  };
}

/** A rank inside a collective call hears nothing of the engine's death, and would keep a core busy for ever. */
function dieWithParent(): void {
  if (process.platform !== 'linux') return;
  const [setParentDeathSignal, kill] = [1, 9];
  koffi.load(null).func('prctl', 'int', ['int', 'ulong'])(setParentDeathSignal, kill);
}
