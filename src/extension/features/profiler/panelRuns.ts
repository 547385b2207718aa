import * as path from 'node:path';
import { UserError } from '../../../shared/problem.ts';
import type { EngineEvent } from '../../../shared/run/events.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

/** The runs that one panel shows. */
export interface PanelRuns {
  /** Looks for them; those that are gone are left out. */
  open(): Promise<Run[]>;
  /** One of those that are shown. A page cannot name another directory. */
  find(directory: string): Run;
}

/** `take` gets what happens to them; `changed` is called when others are to be shown. */
export function createPanelRuns(
  scope: Scope,
  directories: readonly string[],
  { runs }: Pick<Services, 'runs'>,
  take: (run: Run, events: readonly EngineEvent[], reloaded: boolean) => void,
  changed: () => void,
): PanelRuns {
  let shown: string[] = [];
  const find = (directory: string) => runs.list.find((run) => run.directory === directory);
  const pick = (): Run[] => {
    if (directories.length > 0) return directories.map(find).filter((run) => run !== undefined);
    return runs.current ? [runs.current] : [];
  };
  scope.add(
    runs.onDidChange((change) => {
      if (shown.includes(change.run.directory)) take(change.run, change.events, change.reloaded);
      else if (
        directories.length === 0 ? runs.current?.directory !== shown[0] : directories.includes(change.run.directory)
      )
        changed();
    }),
  );
  return {
    async open() {
      if (pick().length < Math.max(1, directories.length)) {
        await runs.refresh();
        for (const parent of new Set(directories.filter((directory) => !find(directory)).map(path.dirname)))
          await runs.refresh(parent);
      }
      const found = pick();
      shown = found.map(({ directory }) => directory);
      return found;
    },
    find(directory) {
      const run = shown.includes(directory) ? find(directory) : undefined;
      if (!run) throw new UserError('This run is not in the workspace any more.');
      return run;
    },
  };
}
