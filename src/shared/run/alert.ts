/**
 * What keeps a run from going on, in a file that is written in place: a full disk takes no new event, but it takes this.
 * The file is made when the run starts and always has this size, so that no block is missing when it is needed.
 */
export interface RunAlert {
  code: 'disk-full' | 'disk-error';
  message: string;
  sinceMs: number;
}

export const alertBytes = 4096;

/** Padded with spaces to the size of the file; without an alert it is blank. */
export function renderAlert(alert: RunAlert | undefined): Uint8Array {
  const bytes = new Uint8Array(alertBytes).fill(32);
  bytes[alertBytes - 1] = 10;
  if (!alert) return bytes;
  // A long message is cut so that the whole stays one JSON document.
  for (let length = alert.message.length; ; length = Math.floor(length / 2)) {
    const text = new TextEncoder().encode(JSON.stringify({ ...alert, message: alert.message.slice(0, length) }));
    if (text.length < alertBytes) {
      bytes.set(text);
      return bytes;
    }
  }
}

export function parseAlert(text: string): RunAlert | undefined {
  try {
    const value = JSON.parse(text) as Partial<RunAlert> | null;
    const known = typeof value?.code === 'string' && typeof value.message === 'string';
    return known && typeof value.sinceMs === 'number' ? (value as RunAlert) : undefined;
  } catch {
    return undefined;
  }
}
