import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type RunAlert, renderAlert } from '../../shared/run/alert.ts';
import { runFiles } from '../../shared/run/layout.ts';

export interface AlertFile {
  /** Undefined takes the alert away. */
  show(alert: RunAlert | undefined): void;
  close(): void;
}

/** Makes the page while there is space, without an alert. */
export function openAlertFile(runDirectory: string): AlertFile {
  const descriptor = openSync(join(runDirectory, runFiles.alert), 'w');
  const write = (alert: RunAlert | undefined) => {
    const bytes = renderAlert(alert);
    for (let written = 0; written < bytes.length; )
      written += writeSync(descriptor, bytes, written, bytes.length - written, written);
    fsyncSync(descriptor);
  };
  write(undefined);
  return {
    show(alert) {
      try {
        write(alert);
      } catch {
        // A disk that refuses even this page is told of on the terminal.
      }
    },
    close: () => closeSync(descriptor),
  };
}
