import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ConfigPath } from '../../../shared/config/yamlSource.ts';
import { toRange } from './ranges.ts';

/** Keys whose values are files relative to the config, with what they may be. */
const fileKeys: readonly { keys: readonly string[]; files: string }[] = [
  { keys: ['data.train', 'data.dev'], files: '**/*.jsonl' },
  { keys: ['augment.noise.files'], files: '**/*.{wav,flac,jsonl}' },
  { keys: ['decoding.languageModel'], files: '**/*.arpa' },
];

/** What files a key takes, as a glob; undefined where it takes none. */
export function filesAt(at: ConfigPath): string | undefined {
  const name = at.filter((part) => typeof part === 'string').join('.');
  return fileKeys.find(({ keys }) => keys.includes(name))?.files;
}

/** Manifests and recordings open with a click. */
export const configLinks: vscode.DocumentLinkProvider = {
  async provideDocumentLinks(document) {
    const { checkExperimentText } = await import('../../services/experimentText.ts');
    const { entries } = checkExperimentText(document.getText(), document.fileName);
    return entries().flatMap(({ path: at, key, value, scalar }) => {
      if (typeof scalar !== 'string' || scalar === '' || filesAt(at) === undefined) return [];
      const link = new vscode.DocumentLink(toRange(value ?? key), resolve(document.uri, scalar));
      link.tooltip = 'Open';
      return [link];
    });
  },
};

const resolve = (config: vscode.Uri, file: string): vscode.Uri =>
  path.isAbsolute(file) ? config.with({ path: vscode.Uri.file(file).path }) : vscode.Uri.joinPath(config, '..', file);

const mostFiles = 200;
const outside = '**/{node_modules,runs,.git}/**';

/** Files of the config's folder that a key may name, as one writes them there. */
export async function findFiles(config: vscode.Uri, glob: string, token: vscode.CancellationToken): Promise<string[]> {
  const folder = vscode.Uri.joinPath(config, '..');
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, glob), outside, mostFiles, token);
  return found.map((uri) => path.posix.relative(folder.path, uri.path)).sort();
}
