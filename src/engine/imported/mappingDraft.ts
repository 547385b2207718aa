import type { ModelMapping, ProposedMapping } from '../../shared/config/modelMappingSchema.ts';

/** What a proposal is built up in. */
export interface MappingDraft extends ProposedMapping {
  /** Notes a value with its reason. */
  set<K extends keyof ModelMapping>(key: K, value: ProposedMapping['proposal'][K], reason: string): void;
}
