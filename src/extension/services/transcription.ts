import * as path from 'node:path';
import type * as vscode from 'vscode';
import { UserError } from '../../shared/problem.ts';
import {
  arrayOf,
  type Check,
  type Checked,
  isNumber,
  isString,
  object,
  optional,
} from '../../shared/protocol/check.ts';
import type { Engine } from './engine.ts';
import type { Runs } from './runs.ts';

const isTranscript = object({
  audioFilepath: isString,
  text: isString,
  words: arrayOf(object({ text: isString, startSec: isNumber, endSec: isNumber, confidence: optional(isNumber) })),
});
const isAnswer: Check<Checked<typeof isTranscript>[]> = arrayOf(isTranscript);

export interface TimedWord {
  text: string;
  /** From the start of the recording. */
  startSec: number;
  endSec: number;
  /** 0 to 1. */
  confidence?: number;
}

export interface Transcript {
  text: string;
  words: TimedWord[];
  /** What transcribed it: a run directory or a model file. */
  model: string;
}

/** There is nothing to transcribe with yet: callers offer training. */
export class NoModelError extends UserError {
  override name = 'NoModelError';
}

export interface Transcription {
  /** The newest run that has a checkpoint; throws NoModelError when there is none. */
  latestModel(): Promise<string>;
  transcribeFile(uri: vscode.Uri, options?: TranscriptionOptions): Promise<Transcript>;
  transcribeRange(
    uri: vscode.Uri,
    startSec: number,
    endSec: number,
    options?: TranscriptionOptions,
  ): Promise<Transcript>;
}

export interface TranscriptionOptions {
  /** Run directory, checkpoint directory or `.onnx`; by default the latest run. */
  model?: string;
  token?: vscode.CancellationToken;
}

export function createTranscription(engine: Engine, runs: Runs): Transcription {
  const latestModel = async (): Promise<string> => {
    const run = await runs.findModel();
    if (!run) throw new NoModelError('There is no trained model in this workspace yet: run "ASR: Train" first.');
    return run.directory;
  };
  const transcribe = async (
    uri: vscode.Uri,
    range: string[],
    { model, token }: TranscriptionOptions = {},
  ): Promise<Transcript> => {
    if (uri.scheme !== 'file') throw new UserError('Only recordings on a disk can be transcribed.');
    const chosen = model ?? (await latestModel());
    const { answer } = await engine.ask(['transcribe', chosen, uri.fsPath, ...range], {
      cwd: path.dirname(uri.fsPath),
      ...(token ? { token } : {}),
    });
    if (!isAnswer(answer) || answer.length !== 1) throw new Error('asr transcribe answered in an unknown form');
    const { text, words } = answer[0]!;
    return { text, words, model: chosen };
  };
  return {
    latestModel,
    transcribeFile: (uri, options) => transcribe(uri, [], options),
    transcribeRange: (uri, startSec, endSec, options) =>
      transcribe(uri, ['--start', startSec.toFixed(4), '--end', endSec.toFixed(4)], options),
  };
}
