import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../shared/problem.ts';
import { arrayOf, type Check, isString, object, oneOf } from '../../shared/protocol/check.ts';
import { mappingSteps, type Proposal, summaryOf } from './mappingSteps.ts';
import type { Services } from './services.ts';

/** What `asr inspect <model>.onnx --json` proposes. */
interface Proposed {
  source: 'asr-workbench' | 'sidecar' | 'metadata' | 'guess';
  /** Where the mapping belongs. */
  file: string;
  proposal: Proposal;
  /** Key paths that must be filled in by hand. */
  missing: string[];
  /** What keeps the model from being used. */
  faults: string[];
}
const isProposed: Check<Proposed> = (value): value is Proposed =>
  object({
    source: oneOf('asr-workbench', 'sidecar', 'metadata', 'guess'),
    file: isString,
    proposal: object({}),
    ...{ missing: arrayOf(isString), faults: arrayOf(isString) },
  })(value);

/**
 * A model that is ready to be used: one exported elsewhere is asked about once, and what is answered is written beside
 * it. Undefined when the user gives up. Throws a UserError for one that cannot be used.
 */
export async function mapModel(
  model: string,
  { engine, edge }: Pick<Services, 'engine' | 'edge'>,
): Promise<string | undefined> {
  const { answer } = await engine.ask(['inspect', model], { cwd: path.dirname(model) });
  const proposed = object({ mapping: isProposed })(answer) ? answer.mapping : undefined;
  if (!proposed) return model;
  const name = path.basename(model);
  if (proposed.faults.length > 0) throw new UserError(`${name}: ${proposed.faults[0]}`);
  if (proposed.source === 'asr-workbench' || proposed.source === 'sidecar') return model;
  const mapping = await askMapping(model, proposed);
  if (!mapping) return undefined;
  const uri = vscode.Uri.file(proposed.file);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${JSON.stringify(mapping, null, 2)}\n`));
  void edge.guard('Opening', async () => {
    const open = 'Open';
    const written = `How ${name} is read was written to ${path.basename(proposed.file)}.`;
    if ((await vscode.window.showInformationMessage(written, open)) === open) await vscode.window.showTextDocument(uri);
  });
  return model;
}

/** One question after another; the first offers what was found as it is, where nothing is missing. */
async function askMapping(model: string, { proposal, missing }: Proposed): Promise<Proposal | undefined> {
  const title = `How ${path.basename(model)} Is Read`;
  if (missing.length === 0) {
    const use = { label: '$(check) Use what was found', detail: summaryOf(proposal) };
    const change = { label: '$(edit) Answer the questions', detail: 'input, units, blank, features, time stride' };
    const choice = await vscode.window.showQuickPick([use, change], { title, placeHolder: 'Exported elsewhere' });
    if (!choice) return undefined;
    if (choice === use) return proposal;
  }
  let mapping = proposal;
  const context = { texts: await textsBeside(model) };
  for (const [index, step] of mappingSteps.entries()) {
    const heading = { title: `${title} (${index + 1} of ${mappingSteps.length})`, ignoreFocusOut: true };
    const { choices, placeHolder, typed } = step.ask(mapping, context);
    let value: unknown;
    if (choices.length > 0) {
      const items = choices.map(({ label, detail, value: own }) => ({
        label,
        ...(detail ? { detail } : {}),
        value: own,
      }));
      const choice = await vscode.window.showQuickPick(items, { ...heading, placeHolder });
      if (!choice) return undefined;
      value = choice.value;
    }
    // A choice without a value asks for it to be typed.
    if (value === undefined && typed) {
      const written = await vscode.window.showInputBox({ ...heading, prompt: placeHolder, ...typed });
      if (written === undefined) return undefined;
      value = typed.read(written);
    }
    mapping = step.put(mapping, value);
  }
  return mapping;
}

/** Lists of units lie beside their model. */
async function textsBeside(model: string): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.file(path.dirname(model)));
  const texts = entries.filter(([name, type]) => type & vscode.FileType.File && /\.(txt|vocab|tokens)$/i.test(name));
  return texts.map(([name]) => name).sort();
}
