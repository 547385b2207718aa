import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { kindByName } from '../../asr/documents/dataDocument.ts';
import { UserError } from '../../shared/problem.ts';
import {
  type FoundLines,
  type HeardStretch,
  type InspectedStretch,
  isFoundLines,
  isHeardStretch,
  isInspectedStretch,
  type ReferenceText,
} from '../../shared/protocol/listen.ts';
import type { Run, Runs } from './runs.ts';
import type { WarmEngine, WarmOptions } from './warmEngine.ts';

export interface Transcript extends HeardStretch {
  /** What transcribed it: a run directory or a model file. */
  model: string;
}

/** There is nothing to transcribe with yet: callers offer training. */
export class NoModelError extends UserError {
  override name = 'NoModelError';
}

export interface Transcription {
  /** What the user has chosen for this workspace, by path. */
  readonly pinnedModel: string | undefined;
  pinModel(model: string | undefined): Promise<void>;
  /** The pinned model, else the newest run that has a checkpoint; throws NoModelError when there is none. */
  defaultModel(): Promise<string>;
  /** The whole recording, or a stretch of it in seconds. */
  transcribe(uri: vscode.Uri, stretch: Stretch, options?: TranscriptionOptions): Promise<Transcript>;
  /** The same with the probabilities that the text is read from, and with references aligned to them. */
  inspect(
    uri: vscode.Uri,
    stretch: Required<Stretch>,
    references: ReferenceText[],
    options?: TranscriptionOptions,
  ): Promise<InspectedStretch & { model: string }>;
  /** The recordings that lines of a document name, first and last line from 1; by default all. Unsaved text counts. */
  findLines(file: string, lines?: [from: number, to: number][]): Promise<FoundLines>;
}

export interface Stretch {
  startSec?: number;
  endSec?: number;
}

export interface TranscriptionOptions extends WarmOptions {
  /** Run directory, checkpoint directory or `.onnx`; by default the one of `defaultModel`. */
  model?: string;
}

const pinnedKey = 'asr.pinnedModel';

export function createTranscription(engine: WarmEngine, runs: Runs, memory: vscode.Memento): Transcription {
  const pinned = () => memory.get<string>(pinnedKey);
  const defaultModel = async (): Promise<string> => {
    const model = pinned();
    if (model !== undefined && fs.existsSync(model)) return model;
    if (model !== undefined)
      throw new UserError(`The pinned model ${path.basename(model)} is not there any more: use "ASR: Pin Model".`);
    const run: Run | undefined = await runs.findModel();
    if (!run) throw new NoModelError('There is no trained model in this workspace yet: run "ASR: Train" first.');
    return run.directory;
  };
  const choose = async (uri: vscode.Uri, model: string | undefined) => {
    if (uri.scheme !== 'file') throw new UserError('Only recordings on a disk can be transcribed.');
    return { audio: uri.fsPath, chosen: model ?? (await defaultModel()) };
  };
  return {
    get pinnedModel() {
      return pinned();
    },
    pinModel: async (model) => memory.update(pinnedKey, model),
    defaultModel,
    async transcribe(uri, { startSec, endSec }, { model, ...options } = {}) {
      const { audio, chosen } = await choose(uri, model);
      const stretch = { ...(startSec === undefined ? {} : { startSec }), ...(endSec === undefined ? {} : { endSec }) };
      const heard = await engine.ask({ call: 'transcribe', model: chosen, audio, ...stretch }, options);
      if (!isHeardStretch(heard)) throw new Error('asr listen answered in an unknown form');
      return { ...heard, model: chosen };
    },
    async inspect(uri, stretch, references, { model, ...options } = {}) {
      const { audio, chosen } = await choose(uri, model);
      const call = { call: 'inspect' as const, model: chosen, audio, ...stretch, references };
      const found = await engine.ask(call, options);
      if (!isInspectedStretch(found)) throw new Error('asr listen answered in an unknown form');
      return { ...found, model: chosen };
    },
    async findLines(file, lines) {
      const found = await engine.ask({ call: 'lines', file, texts: unsavedTexts(file), ...(lines ? { lines } : {}) });
      if (!isFoundLines(found)) throw new Error('asr listen answered in an unknown form');
      return found;
    },
  };
}

/** Of the document itself and of what lies beside it: a Kaldi directory is several files. */
function unsavedTexts(file: string): Record<string, string> {
  const folder = path.dirname(file);
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ uri, isDirty }) =>
      isDirty && uri.scheme === 'file' && path.dirname(uri.fsPath) === folder && kindByName(path.basename(uri.fsPath)),
  );
  return Object.fromEntries(unsaved.map((document) => [document.uri.fsPath, document.getText()]));
}
