import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { createRunModel, reduceAll } from '../../src/shared/run/runModel.ts';
import { hashFile, runEngine } from './engineProcess.ts';

/** What a run ends with when nothing interrupts it. */
export interface WholeRun {
  config: string;
  hashes: string[];
  steps: number;
  epochs: number[];
  durationMs: number;
}

export async function trainWhole(config: string, run: string): Promise<WholeRun> {
  const startMs = performance.now();
  const { code, stderr } = await runEngine('train', config, '--run-dir', run);
  expect(code, stderr).toBe(0);
  const model = reduceAll(createRunModel(), eventsOf(run));
  const epochs = model.evaluations.map(({ epoch }) => epoch);
  return { config, hashes: hashesOf(run), steps: model.step, epochs, durationMs: performance.now() - startMs };
}

/** A run that was disturbed has the same weights and metrics as the whole one, with each step once. */
export function expectSame(run: string, whole: WholeRun): void {
  expect(hashesOf(run)).toEqual(whole.hashes);
  const model = reduceAll(createRunModel(), eventsOf(run));
  const seen = [...model.history, ...model.recent].map(({ firstStep }) => firstStep);
  expect(seen).toEqual(Array.from({ length: whole.steps }, (_, i) => i + 1));
  expect(model.evaluations.map(({ epoch }) => epoch)).toEqual(whole.epochs);
}

export function hashesOf(run: string): string[] {
  const files = ['last/model.safetensors', 'last/optimizer.safetensors', 'best/model.safetensors'];
  return files.map((file) => hashFile(run, 'checkpoints', file));
}

export function eventsOf(run: string): EngineEvent[] {
  const file = join(run, 'events.jsonl');
  return existsSync(file) ? parseEventLines(readFileSync(file, 'utf8')).events : [];
}
