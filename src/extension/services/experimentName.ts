import * as vscode from 'vscode';

/** Asks for a name that no experiment of the folder has; a suggestion that is taken gets a number. */
export async function askExperimentName(
  folder: vscode.Uri,
  suggested: string,
  title: string,
): Promise<string | undefined> {
  const existing = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  const fileOf = (name: string) => `${name}.asr.yaml`;
  let value = suggested.slice(0, 60);
  for (let n = 2; existing.has(fileOf(value)); n++) value = `${suggested.slice(0, 60)}-${n}`;
  return vscode.window.showInputBox({
    title,
    prompt: 'Name of the experiment; its file and its runs are called after it',
    value,
    validateInput(name) {
      if (!/^[\w.-]{1,64}$/.test(name)) return 'Letters, digits, ".", "_" and "-" only';
      return existing.has(fileOf(name)) ? `${fileOf(name)} exists already` : undefined;
    },
  });
}

/** Where the range test of an experiment is kept, beside it. */
export const rangeTestFile = (config: string): string => config.replace(/(\.asr)?\.ya?ml$/i, '.range-test.json');
