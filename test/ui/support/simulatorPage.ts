import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { playStream, type StreamPlayer } from '../../../src/extension/features/streaming/playStream.ts';
import { connect } from '../../../src/shared/protocol/channel.ts';
import {
  type StreamEnd,
  type StreamingChoice,
  type StreamingHost,
  type StreamingView,
  streamingHostChecks,
} from '../../../src/shared/protocol/streaming.ts';
import type { Theme } from './themeVariables.ts';
import { buildViewPage } from './viewPage.ts';

const root = path.join(import.meta.dirname, '../../..');

/** The simulator's page with the real engine behind it, in a browser alone. */
export async function openSimulatorPage(
  page: Page,
  theme: Theme,
  given: Omit<StreamingChoice, 'playing'>,
  { language = 'en', state }: { language?: string; state?: unknown } = {},
): Promise<{ calls: string[]; ends: StreamEnd[]; dispose(): void }> {
  const { port, open } = await buildViewPage(page, 'streaming', { theme, language, state: state ?? null });
  const calls: string[] = [];
  const ends: StreamEnd[] = [];
  let player: StreamPlayer | undefined;
  const program = { node: process.execPath, script: path.join(root, 'dist/engine.js'), environment: {} };
  const local: StreamingHost = {
    open: async () => ({ ...given, playing: false }),
    chooseRecording: () => void calls.push('chooseRecording'),
    chooseModel: () => void calls.push('chooseModel'),
    start(settings) {
      const { model, recording } = given;
      player = playStream(program, { model: model!, recording: recording! }, settings, {
        told: (events) => void channel.remote.told(events).catch(() => {}),
        said: () => undefined,
        ended(end) {
          ends.push(end);
          void channel.remote.ended(end).catch(() => {});
        },
      });
    },
    stop: () => player?.stop(),
  };
  const channel = connect<StreamingHost, StreamingView>(port, local, streamingHostChecks);
  await open();
  return {
    calls,
    ends,
    dispose() {
      player?.stop();
      channel.dispose();
    },
  };
}
