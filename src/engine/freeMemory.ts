import { freemem } from 'node:os';

/** Bytes this process may still take: what the machine has left, and what the group it is confined to has. */
export const freeMemoryBytes = (): number => Math.min(freemem(), process.availableMemory?.() ?? freemem());

/** Share of the free memory that one run takes by itself; the rest is for features, checkpoints and other programs. */
export const memoryShare = 0.6;
