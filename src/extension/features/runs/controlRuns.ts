import type { ControlRequest } from '../../../shared/run/control.ts';
import { chooseRun, type RunQuestion } from '../../services/runChoice.ts';
import { canContinue, canPause } from '../../services/runContext.ts';
import type { Services } from '../../services/services.ts';

type Asked = Extract<ControlRequest, 'pause' | 'continue' | 'checkpoint'>;

const questions: Record<Asked, RunQuestion> = {
  pause: { placeHolder: 'Run to pause', suits: canPause, none: 'No run that could be paused is going on.' },
  continue: { placeHolder: 'Run to go on with', suits: canContinue, none: 'No run is paused.' },
  checkpoint: {
    placeHolder: 'Run to save a checkpoint of',
    suits: ({ active }) => active,
    none: 'No training is going on.',
  },
};

/** `ASR: Pause Training`, `Continue Training`, `Save Checkpoint Now`: the engine does it after the step it is at. */
export async function controlRun({ runs }: Services, kind: Asked, given: unknown): Promise<void> {
  const run = await chooseRun(runs, given, questions[kind]);
  if (run) await runs.request(run, kind);
}
