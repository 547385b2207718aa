import { join } from 'node:path';
import { runFiles } from '../../shared/run/layout.ts';
import { type AppendedFile, openAppended, readIfThere } from './appendedFile.ts';
import { csvHeader, csvKept, csvRow } from './metricsCsv.ts';
import type { Outlet } from './outlet.ts';

export function openCsv(runDirectory: string): Outlet {
  const file = join(runDirectory, runFiles.metrics);
  let open: AppendedFile | undefined;
  return {
    append(events) {
      open ??= openAppended(file);
      const rows = events.map(csvRow).join('');
      open.append(Buffer.from(open.bytes === 0 ? csvHeader + rows : rows));
    },
    dropFrom(step) {
      open ??= openAppended(file);
      open.cut(csvKept(readIfThere(file), step === 0 ? -1 : step).bytes);
    },
    close: () => open?.close(),
  };
}
