import * as path from 'node:path';
import * as vscode from 'vscode';
import { type CommandId, spectrogramViewType } from '../../../shared/contributions.ts';
import type { Services } from '../../services/services.ts';
import { NoModelError, type Transcript } from '../../services/transcription.ts';
import { pickAudio } from './pickAudio.ts';
import type { TranscriptDocuments } from './transcriptDocuments.ts';

/** Asks for a recording unless one is given, transcribes it with the latest run, and shows the text with its times. */
export async function transcribeFile(
  services: Services,
  documents: TranscriptDocuments,
  resource: unknown,
): Promise<void> {
  const { transcription, edge, runs } = services;
  const given = resource instanceof vscode.Uri ? resource : undefined;
  let model: string;
  try {
    model = await transcription.latestModel();
  } catch (error) {
    if (!(error instanceof NoModelError)) throw error;
    return offerTraining(error);
  }
  const choice = given ? { uri: given, model } : await pickAudio(activeRecording(), model, runs.list);
  if (!choice) return;
  const name = path.basename(choice.uri.path);
  const transcript = await vscode.window.withProgress<Transcript | undefined>(
    { location: vscode.ProgressLocation.Notification, title: `Transcribing ${name}`, cancellable: true },
    (_, token) =>
      edge.guard('Transcribing', () => transcription.transcribeFile(choice.uri, { model: choice.model, token })),
  );
  if (transcript) await documents.show(choice.uri, transcript);
}

async function offerTraining(error: NoModelError): Promise<void> {
  const choice = await vscode.window.showInformationMessage(error.message, 'Train');
  const command: CommandId = 'asr.train';
  if (choice) await vscode.commands.executeCommand(command);
}

/** The recording that is being looked at. */
function activeRecording(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === spectrogramViewType ? input.uri : undefined;
}
