import type * as vscode from 'vscode';
import { activateConfig } from './features/config/activateConfig.ts';
import { activateDebug } from './features/debug/activateDebug.ts';
import { activateLog } from './features/log/activateLog.ts';
import { activateNewExperiment } from './features/newExperiment/activateNewExperiment.ts';
import { activateRuns } from './features/runs/activateRuns.ts';
import { activateSpectrogram } from './features/spectrogram/activateSpectrogram.ts';
import { activateTraining } from './features/training/activateTraining.ts';
import { activateTranscribe } from './features/transcribe/activateTranscribe.ts';
import { activateFeatures } from './services/services.ts';

/** The whole extension: a list of features. Says what processor time it took, for the test that holds it to its limit. */
export function activate(context: vscode.ExtensionContext): { activationMs: number } {
  const before = process.cpuUsage();
  activateFeatures(context, {
    log: activateLog,
    config: activateConfig,
    training: activateTraining,
    runs: activateRuns,
    transcribe: activateTranscribe,
    newExperiment: activateNewExperiment,
    debug: activateDebug,
    spectrogram: activateSpectrogram,
  });
  const { user, system } = process.cpuUsage(before);
  return { activationMs: (user + system) / 1000 };
}
