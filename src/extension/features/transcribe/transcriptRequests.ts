import * as vscode from 'vscode';
import { type CommandId, transcriptsViewType } from '../../../shared/contributions.ts';
import type { TranscriptItem } from '../../../shared/protocol/transcripts.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { NoModelError } from '../../services/transcription.ts';
import { attachTranscripts } from './attachTranscripts.ts';
import { createTranscriptJob, type TranscriptJob, type TranscriptSource } from './transcriptJob.ts';

/** What a command that transcribes gives its caller, once all is done. */
export interface ShownTranscripts {
  /** For `asr.insertTranscript`. */
  request: number;
  items: readonly TranscriptItem[];
}

/** The requests whose tabs are open. */
export interface TranscriptRequests {
  /** The model to transcribe with; undefined when there is none, which has been told. */
  modelToUse(): Promise<string | undefined>;
  /** Opens a tab and transcribes into it; resolves when nothing waits any more. */
  start(sources: readonly TranscriptSource[], model: string, column: vscode.ViewColumn): Promise<ShownTranscripts>;
  find(request: unknown): TranscriptJob | undefined;
}

export function createTranscriptRequests(scope: Scope, services: Services): TranscriptRequests {
  const open = new Map<number, TranscriptJob>();
  let nextId = 1;
  return {
    async modelToUse() {
      try {
        return await services.transcription.defaultModel();
      } catch (error) {
        if (!(error instanceof NoModelError)) throw error;
        void offerTraining(error);
        return undefined;
      }
    },
    async start(sources, model, column) {
      const title = sources.length === 1 ? `Transcript: ${sources[0]!.name}` : `Transcripts: ${sources.length}`;
      const job = createTranscriptJob(services, { id: nextId++, title, sources, model });
      open.set(job.id, job);
      const panel = vscode.window.createWebviewPanel(
        transcriptsViewType,
        title,
        { viewColumn: column, preserveFocus: false },
        { retainContextWhenHidden: false },
      );
      const forget = scope.child();
      panel.onDidDispose(() => {
        open.delete(job.id);
        forget.dispose();
      });
      forget.add(() => panel.dispose());
      attachTranscripts(panel, job, services);
      await job.run();
      return { request: job.id, items: job.items };
    },
    find: (request) => (typeof request === 'number' ? open.get(request) : undefined),
  };
}

async function offerTraining(error: NoModelError): Promise<void> {
  const choice = await vscode.window.showInformationMessage(error.message, 'Train');
  const command: CommandId = 'asr.train';
  if (choice) await vscode.commands.executeCommand(command);
}
