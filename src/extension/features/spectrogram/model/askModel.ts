import * as vscode from 'vscode';
import { UserError } from '../../../../shared/problem.ts';
import type { HostAction } from '../../../../shared/protocol/spectrogram.ts';
import type { ModelFailure } from '../../../../shared/protocol/spectrogramModel.ts';
import type { Services } from '../../../services/services.ts';
import { NoModelError } from '../../../services/transcription.ts';

/** Asks a model; what goes wrong becomes data, with what the user can do about it. */
export async function askModel<T extends { ok: true }>(
  { log }: Services,
  ask: () => Promise<T>,
): Promise<T | ModelFailure> {
  try {
    if (!vscode.workspace.isTrusted) throw new UserError('Transcribing runs a model: trust this workspace first.');
    return await ask();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof NoModelError) return { ok: false, message, actions: [train, choose] };
    if (error instanceof UserError) return { ok: false, message, actions: [choose, showLog] };
    if (!(error instanceof vscode.CancellationError))
      log.asr.error(error instanceof Error ? (error.stack ?? message) : message);
    return { ok: false, message, actions: [showLog] };
  }
}

interface Remedy {
  action: HostAction;
  title: string;
}

const train: Remedy = { action: 'train', title: 'Train a Model' };
const choose: Remedy = { action: 'chooseModel', title: 'Choose a Model' };
const showLog: Remedy = { action: 'showLog', title: 'Show Log' };
