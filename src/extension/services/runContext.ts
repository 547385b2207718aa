import * as vscode from 'vscode';
import type { ContextKey } from '../../shared/contributions.ts';
import type { Run } from './runs.ts';

/** Tells menus and palette what can be done with the runs there are; a key is set only when it changes. */
export function createRunContext(): (runs: readonly Run[]) => void {
  const known = new Map<ContextKey, boolean>();
  const set = (key: ContextKey, value: boolean) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  return (runs) => {
    set('asr.hasRun', runs.length > 0);
    set('asr.severalRuns', runs.length > 1);
    set(
      'asr.runActive',
      runs.some(({ active }) => active),
    );
    set('asr.runGoing', runs.some(canPause));
    set('asr.runPaused', runs.some(canContinue));
    set('asr.runResumable', runs.some(canResume));
    set(
      'asr.runIdle',
      runs.some(({ active }) => !active),
    );
  };
}

export const canPause = ({ active, state }: Run): boolean => active && state !== 'paused';
export const canContinue = ({ active, state }: Run): boolean => active && state === 'paused';
/** A run that is done has nothing left to do. */
export const canResume = ({ active, state }: Run): boolean => !active && state !== 'done' && state !== 'starting';
