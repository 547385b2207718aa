import * as path from 'node:path';
import * as vscode from 'vscode';
import { type Manifest, parseManifest } from '../../../asr/manifest.ts';

/** Manifests that belong together: those of one folder. */
export interface DataSet {
  folder: vscode.Uri;
  train: FoundManifest[];
  dev: FoundManifest[];
}

export interface FoundManifest {
  uri: vscode.Uri;
  manifest: Manifest;
}

/** A corpus in its original layout, from which manifests can be made. */
export interface FoundCorpus {
  folder: vscode.Uri;
  format: 'an4' | 'librispeech' | 'ljspeech' | 'folder';
}

const skipped = '{**/node_modules/**,**/runs/**,**/.git/**}';
const largestManifestBytes = 64 << 20;

/** Data sets with manifests, by path. Manifests named for testing are left alone. */
export async function findDataSets(folder: vscode.Uri): Promise<DataSet[]> {
  const files = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**/*.jsonl'), skipped, 200);
  const sets = new Map<string, FoundManifest[]>();
  for (const uri of files) {
    if ((await vscode.workspace.fs.stat(uri)).size > largestManifestBytes) continue;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    // Most JSON lines files are something else; the first line tells.
    if (
      parseManifest(text.slice(0, Math.max(0, text.indexOf('\n')) || text.length), uri.fsPath).utterances.length === 0
    )
      continue;
    const place = path.posix.dirname(uri.path);
    sets.set(place, [...(sets.get(place) ?? []), { uri, manifest: parseManifest(text, uri.fsPath) }]);
  }
  return [...sets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, manifests]) => ({ folder: folder.with({ path: place }), ...assignRoles(manifests) }))
    .filter((set) => set.train.length > 0);
}

/** By their names; a folder's only manifest is for training. */
function assignRoles(manifests: FoundManifest[]): Pick<DataSet, 'train' | 'dev'> {
  const sorted = manifests.sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
  const nameOf = ({ uri }: FoundManifest) => path.posix.basename(uri.path);
  const train = sorted.filter((found) => /train/i.test(nameOf(found)));
  const dev = sorted.filter((found) => /(^|[^a-z])(dev|valid(ation)?|val|eval)([^a-z]|$)/i.test(nameOf(found)));
  if (train.length > 0) return { train, dev: dev.slice(0, 1) };
  const others = sorted.filter((found) => !dev.includes(found) && !/test/i.test(nameOf(found)));
  return { train: others, dev: dev.slice(0, 1) };
}

/** The first corpus layout that is recognised, the most telling ones first. */
export async function findCorpus(folder: vscode.Uri): Promise<FoundCorpus | undefined> {
  const first = async (pattern: string) =>
    (await vscode.workspace.findFiles(new vscode.RelativePattern(folder, pattern), skipped, 1))[0];
  const an4 = await first('**/*train.transcription');
  // The transcriptions are in the corpus's folder or in its `etc`.
  if (an4) {
    const place = vscode.Uri.joinPath(an4, '..');
    const inEtc = path.posix.basename(place.path) === 'etc';
    return { folder: inEtc ? vscode.Uri.joinPath(place, '..') : place, format: 'an4' };
  }
  if (await first('**/*.trans.txt')) return { folder, format: 'librispeech' };
  const metadata = await first('**/metadata.csv');
  if (metadata) return { folder: vscode.Uri.joinPath(metadata, '..'), format: 'ljspeech' };
  return (await first('**/*.{wav,flac}')) ? { folder, format: 'folder' } : undefined;
}
