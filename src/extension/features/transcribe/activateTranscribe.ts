import * as vscode from 'vscode';
import { type CommandId, isSpectrogram } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import { pinModel } from '../../services/chooseModel.ts';
import type { Feature } from '../../services/services.ts';
import { insertTranscripts } from './insertTranscripts.ts';
import { selectedLines } from './selectedLines.ts';
import { transcribeRecordings } from './transcribeRecordings.ts';
import { createTranscriptRequests, type ShownTranscripts } from './transcriptRequests.ts';

/** Text of recordings: of files and folders, of the lines that name them, of a stretch; and where it goes. */
export const activateTranscribe: Feature = (scope, services) => {
  const { edge, transcription } = services;
  const requests = createTranscriptRequests(scope, services);
  const recordings = (resource: unknown, selection: unknown) =>
    transcribeRecordings(services, requests, resource, selection);
  edge.registerCommand(scope, 'asr.transcribeFile', 'Transcribing', recordings);
  edge.registerCommand(scope, 'asr.transcribeRecordings', 'Transcribing', recordings);
  edge.registerCommand(
    scope,
    'asr.transcribeSelection',
    'Transcribing',
    async (): Promise<ShownTranscripts | undefined> => {
      const stretch: CommandId = 'asr.transcribeStretch';
      if (spectrogramIsActive()) return vscode.commands.executeCommand(stretch);
      const editor = vscode.window.activeTextEditor;
      if (!editor) throw new UserError('Open a list of recordings, or a recording, and select what to transcribe.');
      const model = await requests.modelToUse();
      if (model === undefined) return undefined;
      const sources = await selectedLines(editor, transcription);
      return requests.start(sources, model, vscode.ViewColumn.Beside);
    },
  );
  edge.registerCommand(scope, 'asr.insertTranscript', 'Inserting', async (request: unknown, item: unknown) => {
    const job = requests.find(request);
    if (!job || typeof item !== 'number') throw new UserError('The transcript is not shown any more.');
    await insertTranscripts(job, [item], transcription);
  });
  edge.registerCommand(scope, 'asr.pinModel', 'Pinning a model', (given: unknown) => pinModel(services, given));
};

function spectrogramIsActive(): boolean {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && isSpectrogram(input.viewType);
}
