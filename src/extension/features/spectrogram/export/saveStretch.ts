import * as path from 'node:path';
import * as vscode from 'vscode';
import type { StretchPlan } from '../../../../shared/protocol/spectrogramOut.ts';
import type { Recording } from '../recording.ts';
import { askForFile, showSaved, writeTo } from './saveFile.ts';

/** Asks for a file and writes a stretch of a recording into it, with its progress shown; undefined when it was left. */
export async function saveStretch(recording: Recording, plan: StretchPlan, work: number): Promise<string | undefined> {
  const { worker } = recording;
  const { form, startSec, endSec, picture } = plan;
  const features = form === 'npy' ? await worker.featureName(picture) : '';
  const types: Record<string, string[]> = form === 'npy' ? { 'NumPy array': ['npy'] } : { 'WAV audio': ['wav'] };
  const ending = form === 'npy' ? `_${features}.npy` : '.wav';
  const target = await askForFile(recording.uri, types, startSec, endSec, ending);
  if (!target) return undefined;
  const name = path.posix.basename(target.path);
  const written = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Saving ${name}`, cancellable: true },
    async (progress, token) => {
      let shown = 0;
      const cancelling = token.onCancellationRequested(() => void worker.cancelWork(work).catch(() => {}));
      const listening = recording.onWorked(({ work: other, done }) => {
        if (other !== work) return;
        progress.report({ increment: 100 * (done - shown) });
        shown = done;
      });
      try {
        return await writeTo(target, (file) => worker.writeStretch(work, plan, file));
      } finally {
        cancelling.dispose();
        listening.dispose();
      }
    },
  );
  if (!written) return undefined;
  showSaved(target, form === 'npy' ? ` (${features}, before any normalisation over a data set)` : '');
  return name;
}
