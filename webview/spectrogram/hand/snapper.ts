import { audibleChannels } from '../audibleChannels.ts';
import { pullAudible } from '../ear/pullAudible.ts';
import type { ViewModel } from '../viewModel.ts';
import { nearestPoint, nearestZeroCrossing } from './snap.ts';

/** Draws edges of the selection to places that matter, as the user has chosen. */
export interface Snapper {
  /**
   * Where an edge at `sec` goes, no further than `reachSec`. Samples that are not here yet are asked for; when they
   * come, `later` gets the place, unless the same edge was asked about again meanwhile.
   */
  snap(edge: 'anchor' | 'head', sec: number, reachSec: number, later: (sec: number) => void): number;
  /** Drops what is still asked about an edge. */
  forget(edge: 'anchor' | 'head'): void;
}

interface Ask {
  at: number;
  reach: number;
  later(sec: number): void;
}

interface Piece {
  channels: string;
  startSample: number;
  samples: Float32Array;
}

const pieceSamples = 8192;
/** The nearest crossing is close in anything but silence and hum: what is further away is not looked at. */
const farthestSamples = pieceSamples / 4;

export function createSnapper(model: ViewModel): Snapper {
  const rateHz = model.clip.facts.sampleRateHz;
  const pullHeard = pullAudible(
    () => model.state.state,
    model.clip.facts.channels,
    async (channel, start, count) => new Float32Array(await model.remote.samples(channel, start, count)),
  );
  model.snapPoints.add(() => labelEdges(model));
  let piece: Piece | undefined;
  const asked = new Map<'anchor' | 'head', Ask>();
  let pulling = false;

  const crossing = (at: number, reach: number): number | 'unknown' | undefined => {
    if (piece?.channels !== channelsKey(model)) return 'unknown';
    const end = piece.startSample + piece.samples.length;
    const whole = model.clip.facts.samples;
    const covers = piece.startSample <= Math.max(0, at - reach) && end >= Math.min(whole, at + reach + 1);
    if (!covers) return 'unknown';
    const found = nearestZeroCrossing(piece.samples, at - piece.startSample, reach);
    return found === undefined ? undefined : (piece.startSample + found) / rateHz;
  };
  const answer = (edge: 'anchor' | 'head', ask: Ask) => {
    // Asked again while the samples were on their way.
    if (asked.get(edge) !== ask) return;
    asked.delete(edge);
    const found = crossing(ask.at, ask.reach);
    if (typeof found === 'number') ask.later(found);
  };
  const pull = async () => {
    if (pulling) return;
    pulling = true;
    try {
      for (let next = [...asked][0]; next; next = [...asked][0]) {
        const [edge, ask] = next;
        const startSample = Math.max(0, Math.floor(ask.at) - pieceSamples / 2);
        const channels = channelsKey(model);
        const length = Math.min(pieceSamples, model.clip.facts.samples - startSample);
        piece = { channels, startSample, samples: sumOf(await pullHeard(startSample, length)) };
        answer(edge, ask);
      }
    } catch {
      // Without its samples an edge stays where it was put.
      asked.clear();
    } finally {
      pulling = false;
    }
  };
  return {
    snap(edge, sec, reachSec, later) {
      asked.delete(edge);
      const { snap } = model.state.state;
      if (snap === 'off') return sec;
      if (snap === 'words') {
        const found = [...model.snapPoints].map((source) => nearestPoint(source(), sec, reachSec));
        return (
          nearestPoint(
            found.filter((point) => point !== undefined),
            sec,
            reachSec,
          ) ?? sec
        );
      }
      const [at, reach] = [sec * rateHz, Math.min(farthestSamples, reachSec * rateHz)];
      const known = crossing(at, reach);
      if (known !== 'unknown') return known ?? sec;
      asked.set(edge, { at, reach, later });
      void pull();
      return sec;
    },
    forget: (edge) => void asked.delete(edge),
  };
}

const sumOf = ([first, second]: Float32Array[]): Float32Array =>
  second ? first!.map((sample, i) => sample + second[i]!) : first!;

const channelsKey = (model: ViewModel) => audibleChannels(model.state.state, model.clip.facts.channels).join();

/** Edges of all labels of the files beside the recording. */
function* labelEdges({ live }: ViewModel): Iterable<number> {
  for (const { items } of live.state.annotations?.tiers ?? [])
    for (const { startSec, endSec } of items) {
      yield startSec;
      yield endSec;
    }
}
