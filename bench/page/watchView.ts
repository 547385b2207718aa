// Runs in every frame before its own scripts: notes when an editor's frame appeared and when its picture was there, and
// measures what follows an input event. Times are milliseconds since the epoch, the same clock in all frames.

interface Step {
  /** From the event until the frame was painted in which everything in view was there. */
  ms: number;
  /** Whether something had to be fetched for it. */
  fetched: boolean;
}

const now = () => performance.timeOrigin + performance.now();

/** After the next frame has been painted, as nearly as a page can tell. */
const painted = () =>
  new Promise<void>((resolve) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(undefined);
    }),
  );

const dataset = () => document.querySelector<HTMLElement>('.view')?.dataset;
const place = () => `${dataset()?.startSec} ${dataset()?.endSec}`;

const watched = {
  /** When frames of editors appeared in this document. */
  frames: [] as number[],
  /** When this document began, and when its picture was there: a first look, and every sample. */
  begunAt: performance.timeOrigin,
  coarseAt: undefined as number | undefined,
  wholeAt: undefined as number | undefined,
  /** Bytes of what the extension said to this document: buffers, and the rest as JSON. */
  heardBytes: 0,
  longTasks: [] as { name: string; atMs: number; durationMs: number }[],
  frameGaps: [] as number[],

  /** Resolves when the view has followed the next wheel event; undefined when it had nothing to follow. */
  nextStep(): Promise<Step | undefined> {
    const before = place();
    return new Promise((resolve) => {
      const followed = async (event: Event) => {
        let fetched = false;
        for (let frames = 0; ; frames++) {
          await painted();
          const moved = place() !== before;
          if (moved && dataset()?.state === 'settled')
            return resolve({ ms: performance.now() - event.timeStamp, fetched });
          if (moved) fetched = true;
          if (!moved && frames > 30) return resolve(undefined);
        }
      };
      addEventListener('wheel', (event) => void followed(event), { capture: true, once: true });
    });
  },

  /** From now on the times between frames are kept. */
  watchFrames(): void {
    watched.frameGaps = [];
    watched.longTasks = [];
    let last = performance.now();
    const next = (time: number) => {
      watched.frameGaps.push(time - last);
      last = time;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  },
};

Object.assign(globalThis, { watched });

if (window === top) watchFrames();
else watchPicture();

new PerformanceObserver((list) => {
  for (const { name, startTime, duration } of list.getEntries())
    watched.longTasks.push({ name, atMs: startTime, durationMs: duration });
}).observe({ type: 'longtask' });

function watchFrames(): void {
  const isEditor = (node: Node) => node instanceof HTMLIFrameElement && node.classList.contains('webview');
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (isEditor(node)) watched.frames.push(now());
  }).observe(document, { childList: true, subtree: true });
}

function hear({ data }: MessageEvent): void {
  const text = JSON.stringify(data, (_, value: unknown) => {
    if (value instanceof ArrayBuffer) watched.heardBytes += value.byteLength;
    return value;
  });
  watched.heardBytes += text.length;
}

/** By a timer: the workbench writes the document anew, and what was asked of its frames is forgotten. */
function watchPicture(): void {
  const timer = setInterval(() => {
    // The same listener is added once, however often it is asked for.
    addEventListener('message', hear);
    const { state, surveyed } = dataset() ?? {};
    if (state === 'coarse' || state === 'settled') watched.coarseAt ??= now();
    if (state !== 'settled' || surveyed !== '1.000') return;
    watched.wholeAt ??= now();
    clearInterval(timer);
  }, 4);
}

/**
 * Serves the frames of editors from a site of their own, so that they run in a process of their own, as in VS Code's
 * own builds; code-server serves them from the workbench's origin.
 */
function separateEditors(): void {
  const settle = (meta: Element) => {
    const settings = JSON.parse(meta.getAttribute('data-settings')!) as { webviewEndpoint: string };
    const { pathname } = new URL(settings.webviewEndpoint, location.href);
    settings.webviewEndpoint = `http://{{uuid}}.localhost:${location.port}${pathname}`;
    meta.setAttribute('data-settings', JSON.stringify(settings));
  };
  const observer = new MutationObserver(() => {
    const meta = document.getElementById('vscode-workbench-web-configuration');
    if (!meta) return;
    observer.disconnect();
    settle(meta);
  });
  observer.observe(document, { childList: true, subtree: true });
}
if (window === top) separateEditors();
