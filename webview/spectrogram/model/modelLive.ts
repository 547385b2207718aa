import type { Inspection, ModelFailure, SpeechFound } from '../../../src/shared/protocol/spectrogramModel.ts';

/** What models and the voice detector have said; it is kept by the extension, or found again. */
export interface ModelLive {
  /** The stretch that a model is looking into; `share` of it has been heard. */
  inspecting: { request: number; startSec: number; endSec: number; share: number } | undefined;
  /** In the order of their times; they do not overlap. */
  inspections: Inspection[];
  /** Why the last stretch could not be looked into. */
  inspectionFailure: Omit<ModelFailure, 'ok'> | undefined;
  /** Undefined until somebody looks. */
  speech: (SpeechFound & { failure?: string }) | undefined;
}

export const initialModelLive: ModelLive = {
  inspecting: undefined,
  inspections: [],
  inspectionFailure: undefined,
  speech: undefined,
};
