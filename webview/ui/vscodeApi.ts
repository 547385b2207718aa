import type { Port } from '../../src/shared/protocol/channel.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The page's end of the wire, and what it keeps while it is hidden. Can be taken once per page. */
export function takeHost(): { port: Port; getState(): unknown; setState(state: unknown): void } {
  const api = acquireVsCodeApi();
  return {
    port: {
      send: (message) => api.postMessage(message),
      listen(listener) {
        const take = (event: MessageEvent) => listener(event.data);
        window.addEventListener('message', take);
        return () => window.removeEventListener('message', take);
      },
    },
    getState: () => api.getState(),
    setState: (state) => api.setState(state),
  };
}
