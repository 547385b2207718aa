import * as path from 'node:path';
import * as vscode from 'vscode';
import { planGrid, trialLimit } from '../../../shared/sweep/planTrials.ts';
import { parseSweepKey, type SweepKey } from '../../../shared/sweep/sweepKeys.ts';
import type { KeyChoice } from '../../services/experimentText.ts';

/** All that a sweep needs to know, as its command line takes it. */
export interface SweepWish {
  /** `key=values`, one or two. */
  keys: string[];
  /** Trials to draw; absent for the whole grid. */
  random?: number;
  seed?: number;
  /** Of each trial; absent for those of the experiment. */
  epochs?: number;
  budgetMin?: number;
}

/**
 * Asks for one or two keys, their values, and how much to train; undefined when the user turns back. `at` is a key or an
 * offset in the text, whose key is offered first.
 */
export async function askSweep(
  text: string,
  uri: vscode.Uri,
  epochs: number,
  at: string | number | undefined,
): Promise<SweepWish | undefined> {
  const { keyChoices } = await import('../../services/experimentText.ts');
  const choices = keyChoices(text, path.dirname(uri.fsPath), typeof at === 'number' ? at : undefined);
  const asked = choices.find(({ key }) => key.path === at);
  const first = await askKey(asked ? [asked] : choices);
  if (!first) return undefined;
  const second = await askSecondKey(choices.filter(({ key }) => key.path !== first.key));
  if (second === undefined) return undefined;
  const keys = [first, ...second];
  const random = await askTrials(keys);
  if (random === undefined) return undefined;
  const each = await askNumber('Epochs of each trial', `The experiment has ${epochs}`, String(epochs), 1);
  if (each === undefined) return undefined;
  const budget = await askNumber('Budget in minutes', 'No trial begins after so much training; empty for none', '', 0);
  if (budget === undefined) return undefined;
  return {
    keys: keys.map(({ written }) => written),
    ...(random > 0 ? { random } : {}),
    ...(each !== '' && each !== epochs ? { epochs: each } : {}),
    ...(budget === '' ? {} : { budgetMin: budget }),
  };
}

interface AskedKey {
  key: string;
  /** `key=values` */
  written: string;
  parsed: SweepKey;
}

async function askKey(choices: readonly KeyChoice[]): Promise<AskedKey | undefined> {
  const choice = choices.length === 1 ? choices[0] : await pickKey(choices, 'Key to sweep over');
  return choice && askValues(choice);
}

/** None, or one more key. */
async function askSecondKey(choices: readonly KeyChoice[]): Promise<AskedKey[] | undefined> {
  const alone = { label: '$(check) This key only', choice: undefined };
  const picked = await vscode.window.showQuickPick([alone, ...keyItems(choices)], {
    ...{ title: 'Sweep', placeHolder: 'A second key, every combination with the first', matchOnDetail: true },
  });
  if (!picked) return undefined;
  if (!picked.choice) return [];
  const values = await askValues(picked.choice);
  return values && [values];
}

async function pickKey(choices: readonly KeyChoice[], placeHolder: string): Promise<KeyChoice | undefined> {
  const options = { title: 'Sweep', placeHolder, matchOnDetail: true };
  return (await vscode.window.showQuickPick(keyItems(choices), options))?.choice;
}

const keyItems = (choices: readonly KeyChoice[]) =>
  choices.map((choice) => ({
    label: choice.key.path,
    description: choice.current ?? '',
    detail: choice.key.description,
    choice,
  }));

async function askValues({ key, proposals }: KeyChoice): Promise<AskedKey | undefined> {
  const items = proposals().map(({ values, reason, drawn }) => ({
    ...{
      label: `${drawn ? '$(beaker)' : '$(list-ordered)'} ${values.replaceAll(',', ', ')}`,
      description: reason,
      values,
    },
  }));
  const own = { label: '$(edit) Other values…', description: 'a list or a range', values: undefined };
  const options = { title: `Sweep over ${key.path}`, placeHolder: `Values of ${key.path}: ${key.expected}` };
  const picked = items.length === 0 ? own : await vscode.window.showQuickPick([...items, own], options);
  const values = picked && (picked.values ?? (await askOwnValues(key.path, key.expected)));
  if (values === undefined) return undefined;
  const written = `${key.path}=${values}`;
  return { key: key.path, written, parsed: parseSweepKey(written, () => key.expected.startsWith('a whole number')) };
}

const askOwnValues = (key: string, expected: string): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: `Sweep over ${key}`,
    prompt: `a,b,c or low..high to draw from, or low..high/5 for so many; each ${expected}`,
    validateInput: (value) => messageOf(() => parseSweepKey(`${key}=${value}`, () => false)),
  });

/** Trials to draw, or 0 for the whole grid. */
async function askTrials(keys: readonly AskedKey[]): Promise<number | undefined> {
  const isOpen = keys.some(({ parsed }) => !('values' in parsed) && parsed.count === undefined);
  if (!isOpen) {
    const parsed = keys.map((key) => key.parsed);
    const trouble = messageOf(() => planGrid(parsed));
    const grid = trouble ? undefined : planGrid(parsed).length;
    const all = { label: `$(table) All ${grid} combinations`, draws: false };
    const some = { label: '$(beaker) Draw some of them…', draws: true };
    const picked =
      grid === undefined ? some : grid < 5 ? all : await vscode.window.showQuickPick([all, some], { title: 'Sweep' });
    if (!picked) return undefined;
    if (!picked.draws) return 0;
  }
  const trials = await askNumber('Trials to draw', `At most ${trialLimit}`, '12', 1, trialLimit);
  return trials === '' ? 12 : trials;
}

/** '' for an empty answer, undefined when the user turns back. */
async function askNumber(
  title: string,
  prompt: string,
  value: string,
  least: number,
  most = 100_000,
): Promise<number | '' | undefined> {
  const answer = await vscode.window.showInputBox({
    ...{ title: `Sweep: ${title}`, prompt, value },
    validateInput(written) {
      const number = Number(written);
      const fits = written.trim() === '' || (Number.isInteger(number) && number >= least && number <= most);
      return fits ? undefined : `A whole number from ${least} to ${most}`;
    },
  });
  return answer === undefined ? undefined : answer.trim() === '' ? '' : Number(answer);
}

function messageOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
