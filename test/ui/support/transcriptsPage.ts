import * as fs from 'node:fs';
import type { Page } from 'playwright-core';
import { openAudio, readMono } from '../../../src/dsp/audioFile.ts';
import { memorySource } from '../../../src/dsp/byteSource.ts';
import { connect, type Remote } from '../../../src/shared/protocol/channel.ts';
import {
  type OpenedTranscripts,
  type TranscriptsHost,
  type TranscriptsView,
  transcriptsHostChecks,
} from '../../../src/shared/protocol/transcripts.ts';
import type { Theme } from './themeVariables.ts';
import { buildViewPage } from './viewPage.ts';

export interface TranscriptsPage {
  /** What the view asked of the extension beside what it shows. */
  calls: unknown[][];
  view: Remote<TranscriptsView>;
}

/** The view on a page of its own; `recording` is what all items play. */
export async function openTranscriptsPage(
  page: Page,
  theme: Theme,
  opened: OpenedTranscripts | Error,
  recording: string,
  language = 'en',
): Promise<TranscriptsPage> {
  const { port, open } = await buildViewPage(page, 'transcripts', { theme, language });
  const calls: unknown[][] = [];
  const clip = await openAudio(memorySource(fs.readFileSync(recording)));
  const local: TranscriptsHost = {
    open() {
      if (opened instanceof Error) throw opened;
      return opened;
    },
    async sound() {
      return { sampleRateHz: clip.info.sampleRateHz, samples: clip.info.frames };
    },
    async samples(...call) {
      calls.push(['samples', ...call]);
      return (await readMono(clip, call[1], call[2])).buffer as ArrayBuffer;
    },
    itemAction: (...call) => void calls.push(['itemAction', ...call]),
    requestAction: (...call) => void calls.push(['requestAction', ...call]),
  };
  const channel = connect<TranscriptsHost, TranscriptsView>(port, local, transcriptsHostChecks);
  await open();
  return { calls, view: channel.remote };
}
