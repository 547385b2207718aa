import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { callEngine } from './callEngine.ts';
import { runEngine } from './faults/engineProcess.ts';

/** What a command prints with `--json`. */
export async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runEngine(...args, '--json');
  expect(code, stderr).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as T;
}

export interface EvaluationDocument {
  wer: number;
  cer: number;
  wordErrors: { words: number };
  interval95: [number, number];
  realTimeFactor: number;
  utterances: { audioFilepath: string; reference: string; hypothesis: string; wer: number }[];
}
export interface Transcription {
  audioFilepath: string;
  startSec: number;
  endSec: number;
  text: string;
  words: { text: string; startSec: number; endSec: number; confidence: number }[];
}

/** Inside this process, which saves the start of another. */
export async function answer<T>(...args: string[]): Promise<T> {
  const { code, out, error } = await callEngine(...args, '--json');
  expect(code, error).toBe(0);
  return JSON.parse(out) as T;
}

/** Transcriptions that a command has written, one a line. */
export const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Transcription);
