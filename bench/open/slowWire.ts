import * as net from 'node:net';

/** A wire between browser and server with a rate and a delay, shared by all connections. */
export interface SlowWire {
  authority: string;
  close(): Promise<void>;
}

export interface WireSpeed {
  bitsPerSec: number;
  /** Of each direction. */
  delayMs: number;
}

/** What waits on the wire before its sender is held up, as the buffers of a real one. */
const queueBytes = 256 * 1024;
/** Long writes share the wire with others. */
const pieceBytes = 8192;

export async function laySlowWire(target: string, speed: WireSpeed): Promise<SlowWire> {
  const { hostname, port } = new URL(`http://${target}`);
  const sockets = new Set<net.Socket>();
  const [down, up] = [createPacer(speed), createPacer(speed)];
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    for (const [from, to, pacer] of [
      [near, far, up],
      [far, near, down],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => pacer.carry(from, to, bytes));
      from.on('end', () => pacer.end(to));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    authority: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** One direction: bytes leave one after the other at its rate and arrive after its delay. */
function createPacer({ bitsPerSec, delayMs }: WireSpeed) {
  let freeAt = 0;
  let queued = 0;
  const held = new Set<net.Socket>();
  const [leaving, arriving] = [createTimeline(), createTimeline()];
  const leave = (bytes: number) => {
    freeAt = Math.max(freeAt, performance.now()) + (bytes * 8000) / bitsPerSec;
    return freeAt;
  };
  const carryPiece = (to: net.Socket, piece: Buffer) => {
    queued += piece.length;
    const leftAt = leave(piece.length);
    leaving.add(leftAt, () => {
      queued -= piece.length;
      if (queued > queueBytes) return;
      for (const socket of held) socket.resume();
      held.clear();
    });
    arriving.add(leftAt + delayMs, () => !to.destroyed && to.write(piece));
  };
  return {
    carry(from: net.Socket, to: net.Socket, bytes: Buffer): void {
      for (let at = 0; at < bytes.length; at += pieceBytes) carryPiece(to, bytes.subarray(at, at + pieceBytes));
      if (queued <= queueBytes) return;
      held.add(from);
      from.pause();
    },
    end: (to: net.Socket): void => arriving.add(leave(0) + delayMs, () => to.end()),
  };
}

/** Acts at times that only grow, in their order: timers of their own could change places within a millisecond. */
function createTimeline() {
  const waiting: { atMs: number; act: () => void }[] = [];
  let awake = false;
  const sleep = () => {
    awake = waiting.length > 0;
    if (awake) setTimeout(run, Math.max(0, waiting[0]!.atMs - performance.now()));
  };
  const run = () => {
    while (waiting[0] && waiting[0].atMs <= performance.now()) waiting.shift()!.act();
    sleep();
  };
  return {
    add(atMs: number, act: () => void): void {
      waiting.push({ atMs, act });
      if (!awake) sleep();
    },
  };
}
