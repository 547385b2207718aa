import * as vscode from 'vscode';
import type { ConfigKey } from '../../../shared/config/configKeys.ts';
import { escapeMarkdown } from '../../services/markdown.ts';
import { type ConfigPlace, configPlaceAt } from './configPlace.ts';

const parsers = () => import('../../services/experimentText.ts');

/** What a key means, where the pointer rests. */
export const configHover: vscode.HoverProvider = {
  async provideHover(document, position) {
    const range = document.getWordRangeAtPosition(position, /[\w.-]+/);
    if (!range) return undefined;
    const { section, key, atKey, prefix } = placeAt(document, range.end);
    const { keyAt } = await parsers();
    const found = keyAt([...section, atKey ? prefix : (key ?? '')]);
    return found && new vscode.Hover(describeKey(found), range);
  },
};

/** Keys that are not in their section yet, and the values of a key that has few. */
export const configCompletion: vscode.CompletionItemProvider = {
  async provideCompletionItems(document, position) {
    const place = placeAt(document, position);
    const { keyAt, keysIn } = await parsers();
    if (!place.atKey) return completeValue(keyAt([...place.section, place.key ?? '']));
    return keysIn(place.section).map((key, index) => completeKey(key, index, document, position, place));
  },
};

function placeAt(document: vscode.TextDocument, position: vscode.Position): ConfigPlace {
  const lines = document.getText(new vscode.Range(0, 0, position.line + 1, 0)).split(/\r?\n/);
  return configPlaceAt(lines, position.line, position.character);
}

function completeKey(
  key: ConfigKey,
  index: number,
  document: vscode.TextDocument,
  position: vscode.Position,
  { prefix }: ConfigPlace,
): vscode.CompletionItem {
  const item = new vscode.CompletionItem(key.name, vscode.CompletionItemKind.Property);
  item.documentation = describeKey(key);
  // The order of the schema, which is that of the documentation.
  item.sortText = String(index).padStart(3, '0');
  const rest = document.lineAt(position).text.slice(position.character);
  const inFlow = /[{[]/.test(document.lineAt(position).text.slice(0, position.character));
  const alone = /^[\w.-]*\s*:/.test(rest);
  if (alone) item.insertText = key.name;
  else if (key.section && !inFlow) item.insertText = `${key.name}:\n  `;
  else item.insertText = `${key.name}: `;
  item.range = new vscode.Range(position.translate(0, -prefix.length), position);
  if (!alone && key.values) item.command = { command: 'editor.action.triggerSuggest', title: 'Values' };
  return item;
}

function completeValue(key: ConfigKey | undefined): vscode.CompletionItem[] {
  const values =
    key?.values ?? (key?.default === undefined || typeof key.default === 'object' ? [] : [String(key.default)]);
  return values.map((value) => {
    const item = new vscode.CompletionItem(value, vscode.CompletionItemKind.Value);
    if (key && String(key.default) === value) item.detail = 'default';
    return item;
  });
}

function describeKey({ path, description, expected, source, ...key }: ConfigKey): vscode.MarkdownString {
  const byDefault = key.default === undefined ? '' : ` Default: \`${JSON.stringify(key.default)}\`.`;
  const needed = key.required ? ' Must be given.' : '';
  return new vscode.MarkdownString(
    [
      `**${escapeMarkdown(path)}**`,
      escapeMarkdown(description),
      ...(key.section ? [] : [`Expects ${escapeMarkdown(expected)}.${byDefault}${needed}`]),
      ...(source ? [`Source: ${escapeMarkdown(source)}`] : []),
    ].join('\n\n'),
  );
}
