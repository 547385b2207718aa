import type * as vscode from 'vscode';
import { createScope, type Scope } from '../../shared/scope.ts';
import { type Analysis, createAnalysis } from './analysis.ts';
import { createEdge, type Edge } from './edge.ts';
import { createEngine, type Engine } from './engine.ts';
import { createLog, type Log } from './log.ts';
import { createRuns, type Runs } from './runs.ts';
import { createSweeps, type Sweeps } from './sweeps.ts';
import { createTranscription, type Transcription } from './transcription.ts';
import { createWarmEngine } from './warmEngine.ts';

/** What features share. Nothing here is heavy until it is used. */
export interface Services {
  readonly extensionUri: vscode.Uri;
  /** A folder of this window that VS Code cleans up by itself. */
  readonly logUri: vscode.Uri;
  /** A folder of this workspace that outlives its windows; none without a workspace. */
  readonly storageUri: vscode.Uri | undefined;
  /** Of this workspace; outlives its windows. */
  readonly memory: vscode.Memento;
  readonly log: Log;
  readonly edge: Edge;
  readonly engine: Engine;
  readonly runs: Runs;
  readonly sweeps: Sweeps;
  readonly transcription: Transcription;
  readonly analysis: Analysis;
}

/** One folder under `features/`: what it registers ends with its scope. */
export type Feature = (scope: Scope, services: Services) => void;

/** Builds the services, activates each feature in a scope of its own, and ends all with the extension. */
export function activateFeatures(context: vscode.ExtensionContext, features: Record<string, Feature>): Services {
  const scope = createScope((error) => log.asr.error(String(error)));
  context.subscriptions.push(scope);
  const log = createLog(scope);
  const edge = createEdge(log);
  const engine = createEngine(context.extensionUri, log);
  const runs = createRuns(scope, edge);
  const services: Services = {
    extensionUri: context.extensionUri,
    logUri: context.logUri,
    storageUri: context.storageUri,
    memory: context.workspaceState,
    log,
    edge,
    engine,
    runs,
    sweeps: createSweeps(scope, edge),
    transcription: createTranscription(createWarmEngine(scope, engine, log), runs, context.workspaceState),
    analysis: createAnalysis(scope, context.extensionUri, log),
  };
  for (const [name, activate] of Object.entries(features)) {
    try {
      activate(scope.child(), services);
    } catch (error) {
      // One broken feature must not take the others along.
      void edge.guard(name, () => {
        throw error;
      });
    }
  }
  void edge.quiet('Looking at runs', () => runs.refresh());
  void edge.quiet('Looking at sweeps', () => services.sweeps.refresh());
  return services;
}
