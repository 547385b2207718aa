import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import type { ModelFacts } from '../../../shared/protocol/analysis.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { renderModelFacts } from './renderModelFacts.ts';

class ConfigLens extends vscode.CodeLens {
  readonly document: vscode.TextDocument;
  constructor(range: vscode.Range, document: vscode.TextDocument, command?: vscode.Command) {
    super(range, command);
    this.document = document;
  }
}

/** `▶ Train` above the file, and what the model amounts to above `model`. */
export function createConfigLenses(scope: Scope, { analysis, edge }: Services): vscode.CodeLensProvider {
  // The last facts stand until new ones are known, so that the line does not jump while one types.
  const known = new Map<string, { text: string; facts: ModelFacts | undefined }>();
  scope.add(vscode.workspace.onDidCloseTextDocument((document) => known.delete(document.uri.toString())));
  return {
    async provideCodeLenses(document) {
      const { checkExperimentText } = await import('../../services/experimentText.ts');
      const { locate, experiment } = checkExperimentText(document.getText(), document.fileName);
      const lineOf = (path: string[]) => Math.max(0, (locate(path, 'key').line ?? 1) - 1);
      const lenses: vscode.CodeLens[] = [];
      if (vscode.workspace.isTrusted && vscode.workspace.workspaceFolders) {
        const command: CommandId = 'asr.train';
        const first = firstKeyLine(document);
        lenses.push(
          new ConfigLens(new vscode.Range(first, 0, first, 0), document, {
            title: '$(play) Train',
            command,
            arguments: [document.uri],
          }),
        );
      }
      const line = lineOf(['model']);
      if (experiment) lenses.push(new ConfigLens(new vscode.Range(line, 0, line, 0), document));
      return lenses;
    },
    async resolveCodeLens(lens) {
      if (!(lens instanceof ConfigLens)) return lens;
      const key = lens.document.uri.toString();
      const text = lens.document.getText();
      const before = known.get(key);
      if (before?.text !== text) {
        const facts = await edge.quiet('Analysis', () => analysis.worker.describeModel(text));
        known.set(key, { text, facts: facts ?? before?.facts });
      }
      const facts = known.get(key)?.facts;
      // A lens without a command id is text only.
      lens.command = { title: facts ? renderModelFacts(facts) : 'model facts are not available', command: '' };
      return lens;
    },
  };
}

/** Comments at the head of the file stay above the lens. */
function firstKeyLine(document: vscode.TextDocument): number {
  for (let line = 0; line < document.lineCount; line++) {
    if (/^[A-Za-z]/.test(document.lineAt(line).text)) return line;
  }
  return 0;
}
