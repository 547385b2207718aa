import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import {
  decodePosteriors,
  type Posteriors,
  posteriorPart,
} from '../../../src/extension/features/spectrogram/model/posteriors.ts';
import { isHeardStretch, isInspectedStretch, type ListenAnswer } from '../../../src/shared/protocol/listen.ts';
import type { Inspection, ModelHost, ModelView } from '../../../src/shared/protocol/spectrogramModel.ts';

const engineFile = path.join(import.meta.dirname, '../../../dist/engine.js');

/** What the extension answers about models, from the real engine (`node esbuild.mjs` first) with one model and recording. */
export interface ListeningHost {
  answers: Pick<
    ModelHost,
    'transcribe' | 'inspect' | 'cancelInspection' | 'cancelTranscription' | 'posteriors' | 'inspections'
  >;
  /** Calls of the view, by name. */
  asked: string[];
  dispose(): void;
}

export function startListening(model: string, audio: string, view: () => ModelView | undefined): ListeningHost {
  const engine: ChildProcessWithoutNullStreams = spawn(process.execPath, [engineFile, 'listen', '--threads', '1']);
  const waiting = new Map<number, (answer: ListenAnswer) => void>();
  createInterface({ input: engine.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as ListenAnswer;
    if ('progress' in answer) view()?.inspectionAdvanced(answer.id, answer.progress);
    else waiting.get(answer.id)?.(answer);
  });
  const kept: { inspection: Inspection; posteriors: Posteriors | undefined }[] = [];
  const asked: string[] = [];
  const ask = (id: number, call: object): Promise<unknown> => {
    engine.stdin.write(`${JSON.stringify({ id, model, audio, ...call })}\n`);
    return new Promise((resolve, reject) =>
      waiting.set(id, (answer) =>
        'result' in answer ? resolve(answer.result) : reject(new Error(JSON.stringify(answer))),
      ),
    );
  };
  const cancel = (id: number) => void engine.stdin.write(`${JSON.stringify({ id, call: 'cancel' })}\n`);
  return {
    asked,
    answers: {
      async transcribe(id, startSec, endSec) {
        asked.push('transcribe');
        const heard = await ask(id, { call: 'transcribe', startSec, endSec });
        if (!isHeardStretch(heard)) throw new Error('no stretch');
        const { text, words, textCase } = heard;
        return { ok: true, text, words, textCase, model };
      },
      async inspect(id, startSec, endSec, references) {
        asked.push('inspect');
        const found = await ask(id, { call: 'inspect', startSec, endSec, references });
        if (!isInspectedStretch(found)) throw new Error('no inspection');
        const { posteriors, source: _, ...rest } = found;
        const decoded = 'reason' in posteriors ? undefined : decodePosteriors(posteriors);
        const plan = decoded?.plan ?? { reason: 'none' };
        const inspection: Inspection = { ...rest, id, model, posteriors: plan };
        kept.push({ inspection, posteriors: decoded });
        return { ok: true, inspection };
      },
      cancelInspection: cancel,
      cancelTranscription: cancel,
      inspections: async () => kept.map(({ inspection }) => inspection),
      async posteriors(id, firstFrame, frameCount) {
        asked.push('posteriors');
        const { posteriors } = kept.find(({ inspection }) => inspection.id === id)!;
        return posteriorPart(posteriors!, firstFrame, frameCount);
      },
    },
    dispose: () => engine.kill(),
  };
}
