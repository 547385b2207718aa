import type { EngineEvent } from '../../../shared/run/events.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';

/** Notes in the engine's channel what matters of the runs; single steps do not. */
export function logRuns(scope: Scope, { runs, log }: Services): void {
  scope.add(
    runs.onDidChange(({ run, events }) => {
      for (const event of events) {
        const line = renderEvent(event);
        if (line) log.engine.info(`${run.name}: ${line}`);
      }
    }),
  );
}

function renderEvent(event: EngineEvent): string | undefined {
  switch (event.kind) {
    case 'started':
      return `started, ${event.parameters} parameters, ${event.trainUtterances} utterances, ${event.totalSteps} steps`;
    case 'resumed':
      return `resumed at step ${event.step}`;
    case 'problem':
      return `${event.file ? `${event.file}:${event.line ?? 1}: ` : ''}${event.severity} ${event.code}: ${event.message}`;
    case 'batchSkipped':
      return `step ${event.step} was not finite and was skipped: ${event.utterances.join(', ')}`;
    case 'evaluated':
      return `epoch ${event.epoch + 1}: WER ${formatPercent(event.wer)}, CER ${formatPercent(event.cer)}${event.best ? ', best so far' : ''}`;
    case 'averaged':
      return `average of ${event.epochs.length} epochs${event.wer === null ? '' : `: WER ${formatPercent(event.wer)}`}${event.best ? ', best so far' : ''}`;
    case 'guard':
      return `${event.code}: ${event.message}; ${event.remedy}`;
    case 'paused':
      return event.paused ? `paused${event.message ? `: ${event.message}` : ''}` : 'goes on';
    case 'finished':
      return `${event.reason}${event.message ? `: ${event.message}` : ''}`;
    case 'profiled':
      return `${event.steps} steps were profiled: ${event.path}`;
    case 'step':
    case 'resources':
    case 'gradientNorms':
    case 'checkpoint':
      return undefined;
  }
}
