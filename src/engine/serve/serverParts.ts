import type { Gate } from './gate.ts';
import type { ServeLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { Queue } from './queue.ts';
import type { ServedModel } from './servedModel.ts';

/** What all requests and streams share. */
export interface ServerParts {
  gate: Gate;
  limits: ServeLimits;
  models: readonly ServedModel[];
  metrics: Metrics;
  queue: Queue;
  log(line: string): void;
  /** Aborted once the server takes nothing more. */
  ending: AbortSignal;
  /** For recordings while they are heard. */
  folder: string;
  /** One for each transcription that is under way. */
  running: Set<AbortController>;
}
