import type { ModelConfig } from '../shared/config/schema.ts';

/** Everything that fixes a model's shapes. */
export interface ModelSpec {
  config: ModelConfig;
  /** Feature bins per frame. */
  bins: number;
  /** Outputs per frame, the blank at index 0 included. */
  vocabularySize: number;
}
