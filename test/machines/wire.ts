import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A stretch of cable on loopback that a test may pull: clients connect to `port`, what they say arrives at the goal. */
export interface Wire extends AsyncDisposable {
  readonly address: '127.0.0.1';
  readonly port: number;
  /** Connections ever accepted, and open now. */
  readonly accepted: number;
  readonly open: number;
  /** The ports that connections had at this end of the far side, as the goal's log shows them. */
  readonly sources: ReadonlySet<number>;
  /** Bytes carried: to the goal, and back. */
  readonly up: number;
  readonly down: number;
  /** Every open connection gets a TCP reset; new ones are served. */
  cut(): void;
  /** New connections are refused with a reset (true) or served again. */
  refuseNew(on: boolean): void;
  /** Nothing goes through any more, in neither direction, and nobody is told; false: what was held goes on. */
  blackHole(on: boolean): void;
  /** Each direction of new and open connections is late by so many ms. */
  delay(ms: number): void;
  /** Cuts each connection once it carried so many bytes more, both directions summed. */
  cutAfter(bytes: number): void;
  /** New connections lead to another server: NAT, a lease that moved, an impostor. */
  redirect(goal: WireTarget): void;
}

export interface WireTarget {
  readonly address: string;
  readonly port: number;
}

/** Listens on a free port of 127.0.0.1. */
export async function startWire(first: WireTarget): Promise<Wire> {
  let target = first;
  let accepted = 0;
  let up = 0;
  let down = 0;
  let delayMs = 0;
  let refusing = false;
  let isBlackHole = false;
  let left = Number.POSITIVE_INFINITY;
  const pairs = new Set<readonly [Socket, Socket]>();
  const held: (() => void)[] = [];
  const sources = new Set<number>();

  const reset = (pair: readonly [Socket, Socket]): void => {
    pairs.delete(pair);
    for (const socket of pair) socket.resetAndDestroy();
  };
  /** Does it now, later, or when the hole is closed again; in order for each direction. */
  const inTurn = (): ((act: () => void) => void) => {
    const queue: { readonly due: number; readonly act: () => void }[] = [];
    let waiting = false;
    const drain = (): void => {
      waiting = false;
      while (queue[0] !== undefined && queue[0].due <= performance.now()) queue.shift()?.act();
      const next = queue[0];
      if (next !== undefined) wait(next.due - performance.now());
    };
    const wait = (ms: number): void => {
      if (waiting) return;
      waiting = true;
      setTimeout(drain, Math.max(0, ms));
    };
    const go = (act: () => void): void => {
      if (isBlackHole) held.push(() => go(act));
      else if (delayMs === 0 && queue.length === 0) act();
      else {
        queue.push({ due: performance.now() + delayMs, act });
        wait(delayMs);
      }
    };
    return go;
  };
  const carry = (from: Socket, to: Socket, pair: readonly [Socket, Socket], count: (bytes: number) => void): void => {
    const go = inTurn();
    from.on('data', (chunk: Buffer) => {
      go(() => {
        if (to.destroyed) return;
        count(chunk.length);
        left -= chunk.length;
        if (left < 0) {
          left = Number.POSITIVE_INFINITY;
          reset(pair);
        } else if (!to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
    });
    from.on('end', () => go(() => to.end()));
    from.on('error', () => go(() => reset(pair)));
    from.on('close', () =>
      go(() => {
        pairs.delete(pair);
        to.resume(); // it may wait for a drain that never comes now, and would stay open unread
        to.end();
      }),
    );
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted++;
    if (refusing) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const host = connect({ host: target.address, port: target.port, noDelay: true, allowHalfOpen: true });
    host.once('connect', () => sources.add(host.localPort ?? 0));
    const pair = [client, host] as const;
    pairs.add(pair);
    carry(client, host, pair, (bytes) => {
      up += bytes;
    });
    carry(host, client, pair, (bytes) => {
      down += bytes;
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    address: '127.0.0.1',
    port: address.port,
    get accepted() {
      return accepted;
    },
    get open() {
      return pairs.size;
    },
    sources,
    get up() {
      return up;
    },
    get down() {
      return down;
    },
    cut: () => {
      for (const pair of [...pairs]) reset(pair);
    },
    refuseNew: (on) => {
      refusing = on;
    },
    blackHole: (on) => {
      isBlackHole = on;
      if (!on) for (const act of held.splice(0)) act();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    cutAfter: (bytes) => {
      left = bytes;
    },
    redirect: (next) => {
      target = next;
    },
    async [Symbol.asyncDispose]() {
      for (const pair of [...pairs]) reset(pair);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
