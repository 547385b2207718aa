import { processesBelow, type ResidentProcess } from '../../test/ui/support/memory.ts';
import { chooseFromQuickInput } from '../../test/vscode/harness/browser.ts';
import type { Server } from '../../test/vscode/harness/server.ts';
import { type BenchWindow, findView, openBenchWindow, watchedIn } from './benchWindow.ts';
import { type Moves, tryMoves } from './moves.ts';

/** One cold opening: a window of its own, so a browser, an extension host and a worker that have just begun. */
export interface Opening {
  /** From the moment the workbench put the editor's frame on the page. */
  coarseMs: number;
  wholeMs: number;
  /** The same from the moment the view's own document began. */
  ownCoarseMs: number;
  ownWholeMs: number;
  /** Said to the view until its picture was whole. */
  heardBytes: number;
  /** Over the socket to the workbench meanwhile, whatever it was about. */
  receivedBytes: number;
  /** Of the process that holds the view, and of nothing else. */
  rendererBytes: number;
  hostBytes: number;
  /** Of the extension host before anything was opened. */
  idleHostBytes: number;
  moves: Moves | undefined;
}

/** Lets what was made for the picture be collected, or not, as it would be. */
const restMs = 2000;

export async function openOnce(
  server: Pick<Server, 'authority'>,
  folder: string,
  name: string,
  withMoves: boolean,
): Promise<Opening> {
  const window = await openBenchWindow(server.authority, folder);
  try {
    const { page } = window;
    await window.quieten();
    const renderersBefore = renderersOf(window);
    const [hostBefore] = hosts();
    const receivedBefore = window.receivedBytes();
    await chooseFromQuickInput(page, 'Control+P', name, name);
    const frame = await findView(page);
    await frame.waitForFunction('watched.wholeAt !== undefined', undefined, { timeout: 300_000 });
    const receivedBytes = window.receivedBytes() - receivedBefore;
    const view = await watchedIn(frame);
    const framedAt = (await watchedIn(page.mainFrame())).frames[0]!;
    await page.waitForTimeout(restMs);
    const rendererBytes = viewRenderer(renderersBefore, renderersOf(window)).residentBytes;
    const hostBytes = hosts()[0]!.residentBytes;
    return {
      coarseMs: view.coarseAt! - framedAt,
      wholeMs: view.wholeAt! - framedAt,
      ownCoarseMs: view.coarseAt! - view.begunAt,
      ownWholeMs: view.wholeAt! - view.begunAt,
      ...{
        heardBytes: view.heardBytes,
        receivedBytes,
        rendererBytes,
        hostBytes,
        idleHostBytes: hostBefore!.residentBytes,
      },
      moves: withMoves ? await tryMoves(page, frame) : undefined,
    };
  } finally {
    await window.close();
  }
}

const renderersOf = ({ pid }: BenchWindow): ResidentProcess[] => processesBelow('--type=renderer', pid);

/** The newest first: that of a window that was closed may live on for a while. */
const hosts = (): ResidentProcess[] => processesBelow('--type=extensionHost').sort((a, b) => b.pid - a.pid);

/** The workbench's is the largest before; the view's is the one among the others that has grown most. */
function viewRenderer(before: ResidentProcess[], after: ResidentProcess[]): ResidentProcess {
  const known = new Map(before.map(({ pid, residentBytes }) => [pid, residentBytes]));
  const workbench = before.reduce((most, one) => (one.residentBytes > most.residentBytes ? one : most));
  const grown = ({ pid, residentBytes }: ResidentProcess) => residentBytes - (known.get(pid) ?? 0);
  return after
    .filter(({ pid }) => pid !== workbench.pid)
    .reduce((most, one) => (grown(one) > grown(most) ? one : most));
}
