import type * as vscode from 'vscode';
import { activateConfig } from './features/config/activateConfig.ts';
import { activateDataLint } from './features/dataLint/activateDataLint.ts';
import { activateDataset } from './features/dataset/activateDataset.ts';
import { activateDebug } from './features/debug/activateDebug.ts';
import { activateEvaluation } from './features/evaluation/activateEvaluation.ts';
import { activateExport } from './features/export/activateExport.ts';
import { activateLog } from './features/log/activateLog.ts';
import { activateNewExperiment } from './features/newExperiment/activateNewExperiment.ts';
import { activateProfiler } from './features/profiler/activateProfiler.ts';
import { activateQuantize } from './features/quantize/activateQuantize.ts';
import { activateRuns } from './features/runs/activateRuns.ts';
import { activateServe } from './features/serve/activateServe.ts';
import { activateSpectrogram } from './features/spectrogram/activateSpectrogram.ts';
import { activateStreaming } from './features/streaming/activateStreaming.ts';
import { activateSweeps } from './features/sweeps/activateSweeps.ts';
import { activateTraining } from './features/training/activateTraining.ts';
import { activateTranscribe } from './features/transcribe/activateTranscribe.ts';
import type { Runs } from './services/runs.ts';
import { activateFeatures } from './services/services.ts';
import type { Sweeps } from './services/sweeps.ts';

/** What another extension gets of this one: runs and sweeps of the workspace, and the processor time that activation took. */
export interface Workbench {
  activationMs: number;
  runs: Runs;
  sweeps: Sweeps;
}

/** The whole extension: a list of features. */
export function activate(context: vscode.ExtensionContext): Workbench {
  const before = process.cpuUsage();
  const { runs, sweeps } = activateFeatures(context, {
    log: activateLog,
    config: activateConfig,
    dataLint: activateDataLint,
    training: activateTraining,
    runs: activateRuns,
    transcribe: activateTranscribe,
    serve: activateServe,
    export: activateExport,
    quantize: activateQuantize,
    newExperiment: activateNewExperiment,
    dataset: activateDataset,
    debug: activateDebug,
    spectrogram: activateSpectrogram,
    profiler: activateProfiler,
    sweeps: activateSweeps,
    evaluation: activateEvaluation,
    streaming: activateStreaming,
  });
  const { user, system } = process.cpuUsage(before);
  return { activationMs: (user + system) / 1000, runs, sweeps };
}
