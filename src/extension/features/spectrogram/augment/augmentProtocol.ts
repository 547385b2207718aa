import type { ParameterChecks } from '../../../../shared/protocol/channel.ts';
import {
  arrayOf,
  type Check,
  isInteger,
  isNumber,
  isString,
  object,
  parameters,
} from '../../../../shared/protocol/check.ts';
import {
  type AugmentHost,
  type AugmentPreview,
  type AugmentRequest,
  augmentHostChecks,
} from '../../../../shared/protocol/spectrogramAugment.ts';

/** What the extension may ask of the thread that augments clips. Pulls of a preview that is gone are empty. */
export interface AugmentWorker extends Pick<AugmentHost, 'augmentedCells' | 'augmentedSamples'> {
  /** Fails with a UserError where no experiment or clip can be read. */
  preview(job: AugmentJob): Promise<AugmentPreview>;
  forget(id: number): void;
}

export interface AugmentJob extends AugmentRequest {
  /** Of the preview; what is told meanwhile carries it. */
  id: number;
  recording: string;
  experiments: { file: string; text: string }[];
}

export interface AugmentOwner {
  measured(id: number, share: number): void;
}

const isJob: Check<AugmentJob> = (value): value is AugmentJob =>
  object<AugmentJob>({
    id: isInteger,
    epoch: isInteger,
    atSec: isNumber,
    startSec: isNumber,
    endSec: isNumber,
    recording: isString,
    experiments: arrayOf(object({ file: isString, text: isString })),
  })(value);

export const augmentWorkerChecks: ParameterChecks<AugmentWorker> = {
  preview: parameters(isJob),
  forget: parameters(isInteger),
  augmentedCells: augmentHostChecks.augmentedCells,
  augmentedSamples: augmentHostChecks.augmentedSamples,
};

export const augmentOwnerChecks: ParameterChecks<AugmentOwner> = { measured: parameters(isInteger, isNumber) };
