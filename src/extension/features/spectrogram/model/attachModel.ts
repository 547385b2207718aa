import * as vscode from 'vscode';
import type { Remote } from '../../../../shared/protocol/channel.ts';
import type { InspectedPosteriors } from '../../../../shared/protocol/listen.ts';
import {
  type Inspection,
  type ModelFailure,
  type ModelHost,
  type ModelView,
  maxPosteriorBytes,
  posteriorFrameBytes,
} from '../../../../shared/protocol/spectrogramModel.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import type { Recording } from '../recording.ts';
import { askModel } from './askModel.ts';
import { decodePosteriors, type Posteriors, posteriorPart } from './posteriors.ts';

/** Of all inspections of an editor together; the oldest are forgotten beyond it. */
const keptBytes = 32 * 1024 * 1024;

interface Kept {
  inspection: Inspection;
  posteriors: Posteriors | undefined;
}

/** What a view asks about models. What they said is kept here, so that a view that was hidden finds it again. */
export function attachModel(
  recording: Recording,
  services: Services,
  scope: Scope,
  view: () => Remote<ModelView>,
): ModelHost {
  const running = new Map<number, vscode.CancellationTokenSource>();
  let kept: Kept[] = [];
  let nextId = 1;
  scope.add(() => {
    for (const source of running.values()) source.cancel();
  });
  scope.add(recording.onChanged(() => (kept = [])));

  const keep = (added: Kept): void => {
    const { startSec, endSec } = added.inspection;
    kept = kept.filter(({ inspection }) => inspection.endSec <= startSec || inspection.startSec >= endSec);
    kept.push(added);
    let bytes = kept.reduce((sum, one) => sum + bytesOf(one), 0);
    while (kept.length > 1 && bytes > keptBytes) bytes -= bytesOf(kept.shift()!);
  };
  const ask = async <T extends { ok: true }>(
    request: number,
    call: (token: vscode.CancellationToken) => Promise<T>,
  ): Promise<T | ModelFailure> => {
    const source = new vscode.CancellationTokenSource();
    running.set(request, source);
    try {
      return await askModel(services, () => call(source.token));
    } finally {
      running.delete(request);
      source.dispose();
    }
  };
  return {
    transcribe: (request, startSec, endSec) =>
      ask(request, async (token) => {
        const heard = await services.transcription.transcribe(recording.uri, { startSec, endSec }, { token });
        const { text, words, model, textCase } = heard;
        return { ok: true, text, words, model, textCase };
      }),
    cancelTranscription: (request) => running.get(request)?.cancel(),
    inspections: async () => kept.map(({ inspection }) => inspection),
    inspect: (request, startSec, endSec, references) =>
      ask(request, async (token) => {
        const progress = (share: number) =>
          void view()
            .inspectionAdvanced(request, share)
            .catch(() => {});
        const stretch = { startSec, endSec };
        const found = await services.transcription.inspect(recording.uri, stretch, references, { token, progress });
        const { source: _, posteriors, ...rest } = found;
        const inspection: Inspection = { ...rest, id: nextId++, posteriors: planOf(posteriors) };
        keep({ inspection, posteriors: 'reason' in posteriors ? undefined : decodePosteriors(posteriors) });
        return { ok: true, inspection };
      }),
    cancelInspection: (request) => running.get(request)?.cancel(),
    async posteriors(id, firstFrame, frameCount) {
      const found = kept.find(({ inspection }) => inspection.id === id)?.posteriors;
      if (!found) throw new Error('these posteriors are not kept any more');
      const most = Math.max(1, Math.floor(maxPosteriorBytes / posteriorFrameBytes(found.plan)));
      return posteriorPart(found, firstFrame, Math.min(most, frameCount));
    },
    speech: (channel, from) => recording.worker.speech(channel, from),
  };
}

const bytesOf = ({ posteriors }: Kept): number =>
  posteriors ? posteriors.plan.frames * posteriorFrameBytes(posteriors.plan) : 0;

function planOf(posteriors: InspectedPosteriors | { reason: string }): Inspection['posteriors'] {
  if ('reason' in posteriors) return posteriors;
  const { probabilities: _, topUnits: __, topProbabilities: ___, ...plan } = posteriors;
  return plan;
}
