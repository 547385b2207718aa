import type { InspectedPosteriors } from '../../../../shared/protocol/listen.ts';
import type { PosteriorPart, PosteriorPlan } from '../../../../shared/protocol/spectrogramModel.ts';

/** Posteriors as the engine found them, unpacked. */
export interface Posteriors {
  plan: PosteriorPlan;
  probabilities: Uint8Array; // [frames, rows]
  topUnits: Uint16Array; // [frames, topCount]
  topProbabilities: Uint8Array; // [frames, topCount]
}

/** Throws where the arrays have not the size that they say. */
export function decodePosteriors({
  probabilities,
  topUnits,
  topProbabilities,
  ...plan
}: InspectedPosteriors): Posteriors {
  const { frames, rows, topCount } = plan;
  return {
    plan,
    probabilities: decode(probabilities, frames * rows),
    topUnits: readUint16(decode(topUnits, 2 * frames * topCount)),
    topProbabilities: decode(topProbabilities, frames * topCount),
  };
}

/** The frames that there are of those asked for. */
export function posteriorPart(posteriors: Posteriors, firstFrame: number, frameCount: number): PosteriorPart {
  const { plan, probabilities, topUnits, topProbabilities } = posteriors;
  const first = Math.max(0, Math.min(plan.frames, firstFrame));
  const end = Math.max(first, Math.min(plan.frames, first + frameCount));
  const cut = (values: Uint8Array | Uint16Array, width: number) =>
    values.slice(first * width, end * width).buffer as ArrayBuffer;
  return {
    probabilities: cut(probabilities, plan.rows),
    topUnits: cut(topUnits, plan.topCount),
    topProbabilities: cut(topProbabilities, plan.topCount),
  };
}

function decode(text: string, length: number): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.length !== length) throw new Error(`posteriors of ${bytes.length} bytes instead of ${length}`);
  return bytes;
}

function readUint16(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
}
