import type { Worker } from 'node:worker_threads';
import type * as vscode from 'vscode';
import type { Port } from '../../shared/protocol/channel.ts';

/** The wire to a page. Post real ArrayBuffers: a Node Buffer would arrive as JSON. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    send: (message) => webview.postMessage(message),
    listen(listener) {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => subscription.dispose();
    },
  };
}

/** The wire to a worker thread. */
export function workerPort(worker: Worker): Port {
  return {
    send: (message) => worker.postMessage(message),
    listen(listener) {
      worker.on('message', listener);
      return () => worker.off('message', listener);
    },
  };
}
