import * as net from 'node:net';

/** A wire between browser and server that can be cut. */
export interface Wire {
  authority: string;
  /** Ends all connections and takes none until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function layWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(`http://${target}`);
  const sockets = new Set<net.Socket>();
  let broken = false;
  const server = net.createServer((near) => {
    if (broken) {
      near.destroy();
      return;
    }
    const far = net.connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    authority: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    cut() {
      broken = true;
      end();
    },
    mend() {
      broken = false;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      end();
      await closed;
    },
  };
}
