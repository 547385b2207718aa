import type { Feature } from '../../services/services.ts';
import { transcribeFile } from './transcribeFile.ts';
import { provideTranscripts } from './transcriptDocuments.ts';

/** `ASR: Transcribe File`. */
export const activateTranscribe: Feature = (scope, services) => {
  const documents = provideTranscripts(scope);
  services.edge.registerCommand(scope, 'asr.transcribeFile', 'Transcribing', (resource: unknown) =>
    transcribeFile(services, documents, resource),
  );
};
