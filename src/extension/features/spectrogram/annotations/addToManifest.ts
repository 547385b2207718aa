import { extname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../../shared/problem.ts';
import { pickManifestToWrite } from '../../../services/pickManifests.ts';
import type { Annotations } from './annotations.ts';

/** Adds a line for a stretch to a manifest, which the user chooses where none is named. */
export async function addToManifest(
  annotations: Annotations,
  stretch: { startSec: number; endSec: number; text: string },
  named?: string,
): Promise<void> {
  const file = named ?? (await pickManifestToWrite('Add to Manifest', vscode.Uri.joinPath(annotations.uri, '..')));
  if (file === undefined) return;
  if (extname(file).toLowerCase() !== '.jsonl')
    throw new UserError('A manifest is a file of JSON lines: its name ends in .jsonl.');
  await annotations.addToManifest(file, stretch);
}
