import { fill } from '../ui/fill.ts';
import type { ViewModel } from './viewModel.ts';

/** Shows under the lanes what went wrong; `template` has a place for the reason. */
export function showFailure({ live }: Pick<ViewModel, 'live'>, template: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  live.update({ failure: { message: fill(template, reason), actions: [{ action: 'showLog', title: 'Show Log' }] } });
}
