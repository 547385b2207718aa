import * as vscode from 'vscode';
import type { ConfigKey } from '../../../shared/config/configKeys.ts';
import { escapeMarkdown } from '../../services/markdown.ts';
import { filesAt, findFiles } from './configPaths.ts';
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

/** Keys that are not in their section yet, and values: all of a key that has few, else usual ones, and files. */
export const configCompletion: vscode.CompletionItemProvider = {
  async provideCompletionItems(document, position, token) {
    const place = placeAt(document, position);
    const { keyAt, keysIn, valuesFor, checkExperimentText } = await parsers();
    if (!place.atKey) {
      const path = [...place.section, place.key ?? ''];
      const files = filesAt(path);
      if (files !== undefined) return completeFile(await findFiles(document.uri, files, token), document, position);
      const key = keyAt(path);
      return key ? completeValue(key, valuesFor(key)) : [];
    }
    const written = checkExperimentText(document.getText(), document.fileName).entries();
    const taken = new Set(
      written
        // The key that is being typed is no reason not to offer it.
        .filter(({ path, key }) => key.line !== position.line + 1 && sameSection(path.slice(0, -1), place.section))
        .map(({ path }) => path.at(-1)),
    );
    return keysIn(place.section).flatMap((key, index) =>
      taken.has(key.name) ? [] : [completeKey(key, index, document, position, place)],
    );
  },
};

/** Items of a list are one section for completion, which knows no index. */
const sameSection = (path: readonly (string | number)[], section: readonly (string | number)[]): boolean =>
  !section.some((part) => typeof part === 'number') && path.join('.') === section.join('.');

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
  if (!alone && !key.section) item.command = { command: 'editor.action.triggerSuggest', title: 'Values' };
  return item;
}

/** Every allowed value of a key that has few; of the others those worth trying, with the reason, and the default. */
function completeValue(
  key: ConfigKey,
  suggested: readonly { value: string; reason: string }[],
): vscode.CompletionItem[] {
  const reasons = new Map(suggested.map(({ value, reason }) => [value, reason]));
  const simple = key.default === undefined || typeof key.default === 'object' ? [] : [String(key.default)];
  const same = (value: string) =>
    suggested.some((each) => each.value === value || Number(each.value) === Number(value));
  const values = key.values ?? [...suggested.map(({ value }) => value), ...simple.filter((value) => !same(value))];
  return values.map((value, index) => {
    const item = new vscode.CompletionItem(value, vscode.CompletionItemKind.Value);
    item.sortText = String(index).padStart(3, '0');
    const isDefault = simple.some((each) => each === value || (!key.values && Number(each) === Number(value)));
    const detail = [reasons.get(value), isDefault ? 'default' : undefined].filter(Boolean).join(' · ');
    if (detail) item.detail = detail;
    return item;
  });
}

function completeFile(
  files: readonly string[],
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.CompletionItem[] {
  const before = document.lineAt(position).text.slice(0, position.character);
  const typed = /[^\s,[\]{}'"]*$/.exec(before)![0];
  const range = new vscode.Range(position.translate(0, -typed.length), position);
  return files.map((file) => {
    const item = new vscode.CompletionItem(file, vscode.CompletionItemKind.File);
    item.range = range;
    // Plain where YAML reads it as text.
    if (!/^[\w./-]+$/.test(file) && !/['"]$/.test(before.slice(0, before.length - typed.length)))
      item.insertText = JSON.stringify(file);
    return item;
  });
}

function describeKey({ path, description, expected, source, effect, ...key }: ConfigKey): vscode.MarkdownString {
  const byDefault = key.default === undefined ? '' : ` Default: \`${JSON.stringify(key.default)}\`.`;
  const needed = key.required ? ' Must be given.' : '';
  return new vscode.MarkdownString(
    [
      `**${escapeMarkdown(path)}**`,
      escapeMarkdown(description),
      ...(key.section ? [] : [`Expects ${escapeMarkdown(expected)}.${byDefault}${needed}`]),
      ...(effect ? [`Effect: ${escapeMarkdown(effect)}`] : []),
      ...(source ? [`Source: ${escapeMarkdown(source)}`] : []),
    ].join('\n\n'),
  );
}
