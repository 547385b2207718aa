import * as vscode from 'vscode';
import { isSpectrogram } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import type { Services } from '../../services/services.ts';
import { listRecordings } from './listRecordings.ts';
import { pickAudio } from './pickAudio.ts';
import type { ShownTranscripts, TranscriptRequests } from './transcriptRequests.ts';

/**
 * Transcribes what the Explorer has selected (files, and folders with the recordings in them), or asks for a recording
 * unless one is given.
 */
export async function transcribeRecordings(
  services: Services,
  requests: TranscriptRequests,
  resource: unknown,
  selection: unknown,
): Promise<ShownTranscripts | undefined> {
  const selected = Array.isArray(selection) ? selection.filter((uri) => uri instanceof vscode.Uri) : [];
  const given = selected.length > 0 ? selected : resource instanceof vscode.Uri ? [resource] : [];
  const model = await requests.modelToUse();
  if (model === undefined) return undefined;
  if (given.length > 0) {
    const sources = await listRecordings(given, services.transcription);
    if (sources.length === 0) throw new UserError('There is no recording (.wav or .flac) in this folder.');
    return requests.start(sources, model, vscode.ViewColumn.Active);
  }
  const choice = await pickAudio(activeRecording(), model, services);
  return (
    choice &&
    requests.start(await listRecordings([choice.uri], services.transcription), choice.model, vscode.ViewColumn.Active)
  );
}

/** The recording that is being looked at. */
function activeRecording(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && isSpectrogram(input.viewType) ? input.uri : undefined;
}
