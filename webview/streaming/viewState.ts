import { defaultStreamSettings, isStreamSettings, type StreamSettings } from '../../src/shared/protocol/streaming.ts';

/** Kept while the tab is hidden and over a reload; by the paths the tab is opened again. */
export interface ViewState {
  recording: string | null;
  model: string | null;
  settings: StreamSettings;
}

/** The settings a page has kept; the usual ones when it is of another version. */
export function restoreSettings(kept: unknown): StreamSettings {
  const settings = typeof kept === 'object' && kept !== null && 'settings' in kept ? kept.settings : undefined;
  return isStreamSettings(settings) ? settings : defaultStreamSettings;
}
