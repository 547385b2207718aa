import * as vscode from 'vscode';
import type { ConfigEntry } from '../../../shared/config/yamlEntries.ts';
import { toRange } from './ranges.ts';

/** Sections and keys, for the outline, the breadcrumbs and "Go to Symbol". */
export const configOutline: vscode.DocumentSymbolProvider = {
  async provideDocumentSymbols(document) {
    const { checkExperimentText } = await import('../../services/experimentText.ts');
    return buildOutline(checkExperimentText(document.getText(), document.fileName).entries());
  },
};

function buildOutline(entries: readonly ConfigEntry[]): vscode.DocumentSymbol[] {
  const top: vscode.DocumentSymbol[] = [];
  const byPath = new Map<string, vscode.DocumentSymbol>();
  for (const { path, key, value, scalar } of entries) {
    const name = path.at(-1)!;
    const parent = byPath.get(JSON.stringify(path.slice(0, -1)));
    // Texts of a list are its value; an outline of them says nothing.
    if (typeof name === 'number' && scalar !== undefined) continue;
    const own = toRange(key);
    const whole = value ? own.union(toRange(value)) : own;
    const symbol = new vscode.DocumentSymbol(
      typeof name === 'number' ? `${name + 1}` : name,
      scalar === undefined ? '' : String(scalar).slice(0, 60),
      scalar === undefined ? vscode.SymbolKind.Module : vscode.SymbolKind.Property,
      whole,
      own,
    );
    byPath.set(JSON.stringify(path), symbol);
    (parent?.children ?? top).push(symbol);
  }
  return top;
}
