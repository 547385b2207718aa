import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Scope } from '../../../shared/scope.ts';
import type { Transcript } from '../../services/transcription.ts';
import { renderTranscript } from './renderTranscript.ts';

const scheme = 'asr-transcript';
const keptTexts = 100;

export interface TranscriptDocuments {
  /** Opens the text beside its recording; the same recording and model use the same document. */
  show(audio: vscode.Uri, transcript: Transcript): Promise<void>;
}

/** Read-only documents, so that closing one never asks whether to save it. */
export function provideTranscripts(scope: Scope): TranscriptDocuments {
  const texts = new Map<string, string>();
  const changed = scope.add(new vscode.EventEmitter<vscode.Uri>());
  scope.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) =>
        texts.get(uri.toString()) ?? 'This transcript was not kept: transcribe the recording again.\n',
    }),
  );
  return {
    async show(audio, transcript) {
      const name = path.basename(audio.path);
      const uri = vscode.Uri.from({
        scheme,
        path: `/${name} transcript.txt`,
        query: `${audio.path}\n${transcript.model}`,
      });
      texts.set(uri.toString(), renderTranscript(name, transcript));
      // Oldest first: enough for going back, not for ever.
      if (texts.size > keptTexts) texts.delete(texts.keys().next().value!);
      changed.fire(uri);
      await vscode.window.showTextDocument(uri, {
        preview: true,
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      });
    },
  };
}
