import * as path from 'node:path';
import type * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { connect } from '../../../shared/protocol/channel.ts';
import {
  type StreamingChoice,
  type StreamingHost,
  type StreamingView,
  type StreamSettings,
  streamingHostChecks,
} from '../../../shared/protocol/streaming.ts';
import { createScope } from '../../../shared/scope.ts';
import { chooseModel } from '../../services/chooseModel.ts';
import { webviewPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import { pickRecording } from './pickStream.ts';
import { playStream, type StreamPlayer } from './playStream.ts';

/** Connects a tab to a recording and a model; what it plays ends with it. */
export function attachSimulator(
  panel: vscode.WebviewPanel,
  given: Omit<StreamingChoice, 'playing'>,
  services: Services,
): void {
  const { edge, log, engine, extensionUri } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  let { recording, model } = given;
  let player: StreamPlayer | undefined;
  scope.add(() => player?.stop());
  const tell = (what: Promise<void>) => void what.catch(() => {});
  const choice = (): StreamingChoice => ({ recording, model, playing: player !== undefined });
  const show = () => {
    panel.title = titleOf(recording);
    tell(channel.remote.chosen(choice()));
  };

  function start(settings: StreamSettings): void {
    if (recording === null || model === null) throw new UserError('Choose a recording and a model first.');
    player?.stop();
    const program = engine.program('engine');
    log.engine.info(`asr stream ${model} ${recording}`);
    const mine: StreamPlayer = playStream(program, { model, recording }, settings, {
      // What a player that was replaced still says is of no interest.
      told: (events) => player === mine && tell(channel.remote.told(events)),
      said: (line) => log.engine.info(line),
      ended(end) {
        if (player !== mine) return;
        player = undefined;
        tell(channel.remote.ended(end));
      },
    });
    player = mine;
  }

  const local: StreamingHost = {
    async open() {
      panel.title = titleOf(recording);
      model ??= (await services.runs.findModel())?.directory ?? null;
      return choice();
    },
    chooseRecording: () =>
      void edge.guard('Choosing a recording', async () => {
        const chosen = await pickRecording();
        if (!chosen) return;
        recording = chosen;
        show();
      }),
    chooseModel: () =>
      void edge.guard('Choosing a model', async () => {
        const chosen = await chooseModel(services, 'Simulate Streaming');
        if (!chosen) return;
        model = chosen;
        show();
      }),
    start: (settings) =>
      void edge.guard('Streaming', () => {
        try {
          start(settings);
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          tell(channel.remote.ended({ state: 'failed', message }));
          throw error;
        }
      }),
    stop: () => player?.stop(),
  };
  const channel = connect<StreamingHost, StreamingView>(webviewPort(panel.webview), local, streamingHostChecks);
  scope.add(channel.dispose);
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/streaming.js',
    style: 'webview/streaming.css',
    title: 'Streaming Simulator',
  });
}

const titleOf = (recording: string | null): string =>
  recording === null ? 'Streaming Simulator' : `Streaming: ${path.basename(recording)}`;
