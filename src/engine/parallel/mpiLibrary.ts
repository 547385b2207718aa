import koffi, { type LibraryHandle } from 'koffi';
import { UserError } from '../../shared/problem.ts';

type Handle = number | bigint | object;

/** A loaded MPI library and the handles its constants are. */
export interface MpiLibrary {
  name: string;
  library: LibraryHandle;
  /** C type of a handle: Open MPI's are addresses of globals, MPICH's (and its kin's) are numbers of its ABI. */
  handle: 'void *' | 'int';
  world: Handle;
  float32: Handle;
  float64: Handle;
  byte: Handle;
  sum: Handle;
}

const openMpiNames = ['libmpi.so.40', 'libmpi.so.80'];
/** MPICH, Intel MPI, MVAPICH and Cray share one ABI. */
const mpichNames = ['libmpi.so.12', 'libmpich.so.12'];

/** ASR_MPI_LIBRARY, or the library of what started this process, or the first that is installed. */
export function loadMpi(environment: NodeJS.ProcessEnv): MpiLibrary {
  const named = environment.ASR_MPI_LIBRARY;
  const underOpenMpi = environment.OMPI_COMM_WORLD_SIZE !== undefined;
  const installed = underOpenMpi ? [...openMpiNames, ...mpichNames] : [...mpichNames, ...openMpiNames];
  const names = named ? [named] : [...installed, 'libmpi.so'];
  const reasons: string[] = [];
  for (const name of names) {
    try {
      // Its plug-ins look for its symbols among those of the whole process.
      return describe(name, koffi.load(name, { global: true }));
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new UserError(
    `this process was started as one of several, but no MPI library can be loaded (${reasons[0]}); ` +
      'install Open MPI or MPICH, or name its library in ASR_MPI_LIBRARY',
  );
}

function describe(name: string, library: LibraryHandle): MpiLibrary {
  const symbol = (global: string) => library.symbol(global) as Handle;
  if (has(library, 'ompi_mpi_comm_world'))
    return {
      name,
      library,
      handle: 'void *',
      world: symbol('ompi_mpi_comm_world'),
      float32: symbol('ompi_mpi_float'),
      float64: symbol('ompi_mpi_double'),
      byte: symbol('ompi_mpi_byte'),
      sum: symbol('ompi_mpi_op_sum'),
    };
  return {
    name,
    library,
    handle: 'int',
    world: 0x44000000,
    float32: 0x4c00040a,
    float64: 0x4c00080b,
    byte: 0x4c00010d,
    sum: 0x58000003,
  };
}

function has(library: LibraryHandle, symbol: string): boolean {
  try {
    return Boolean(library.symbol(symbol));
  } catch {
    return false;
  }
}
