import type { Remote } from '../../../src/shared/protocol/channel.ts';
import {
  type Inspection,
  type ModelHost,
  maxPosteriorBytes,
  posteriorFrameBytes,
} from '../../../src/shared/protocol/spectrogramModel.ts';
import type { LoadedPosteriors } from './posteriorPicture.ts';

/** Posteriors of inspections, pulled part by part while somebody looks at them. */
export interface PosteriorStore {
  /** Those there are of these inspections; what is missing comes, and `changed` is called. Others are forgotten. */
  want(inspections: readonly Inspection[]): LoadedPosteriors[];
  /** Counts up with every part. */
  readonly version: number;
  dispose(): void;
}

export function createPosteriorStore(remote: Remote<ModelHost>, changed: () => void): PosteriorStore {
  const held = new Map<number, LoadedPosteriors>();
  let version = 0;
  let disposed = false;
  const pull = async (id: number, posteriors: LoadedPosteriors): Promise<void> => {
    const { plan } = posteriors;
    const most = Math.max(1, Math.floor(maxPosteriorBytes / posteriorFrameBytes(plan)));
    while (posteriors.loaded < plan.frames) {
      const { loaded } = posteriors;
      const part = await remote.posteriors(id, loaded, Math.min(most, plan.frames - loaded));
      if (disposed || held.get(id) !== posteriors) return;
      const frames = Math.floor(part.topProbabilities.byteLength / plan.topCount);
      if (frames === 0) return;
      posteriors.probabilities.set(new Uint8Array(part.probabilities), loaded * plan.rows);
      posteriors.topUnits.set(new Uint16Array(part.topUnits), loaded * plan.topCount);
      posteriors.topProbabilities.set(new Uint8Array(part.topProbabilities), loaded * plan.topCount);
      posteriors.loaded += frames;
      version++;
      changed();
    }
  };
  return {
    get version() {
      return version;
    },
    want(inspections) {
      const ids = new Set(inspections.map(({ id }) => id));
      for (const id of held.keys()) if (!ids.has(id)) held.delete(id);
      return inspections.flatMap(({ id, posteriors: plan }) => {
        const known = held.get(id);
        if (known) return [known];
        if ('reason' in plan) return [];
        const { frames, rows, topCount } = plan;
        const fresh: LoadedPosteriors = {
          ...{ plan, loaded: 0, probabilities: new Uint8Array(frames * rows) },
          ...{ topUnits: new Uint16Array(frames * topCount), topProbabilities: new Uint8Array(frames * topCount) },
        };
        held.set(id, fresh);
        // What the extension has forgotten stays empty.
        void pull(id, fresh).catch(() => {});
        return [fresh];
      });
    },
    dispose() {
      disposed = true;
      held.clear();
    },
  };
}
