import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** When something happens at a step: before the request is there, or before its answer is back. */
export type Moment = 'before' | 'after';

/** What happens to the link: `cut`: the request or the answer is lost with all connections, and new ones are refused; `blink`: new ones are served. */
export type Fate = 'cut' | 'blink' | 'stay';

/** A cable to a server that counts the requests of its clients: a step is what a client sends until the server answers. */
export interface StepWire extends AsyncDisposable {
  readonly port: number;
  /** Steps since the last `watch`. */
  readonly steps: number;
  /** Counts from 0 again. At the step `act` is called once, and says what happens to the link. */
  watch(step: number, moment: Moment, act: () => Fate): void;
  /** New connections are served again, and nothing is waited for any more. */
  mend(): void;
}

/** Listens on a free port of 127.0.0.1. */
export async function startStepWire(target: number): Promise<StepWire> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let steps = 0;
  let asked = false;
  let refuses = false;
  let at: { readonly step: number; readonly moment: Moment; readonly act: () => Fate } | undefined;
  const reset = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    pairs.clear();
  };
  /** Whether what is under way gets there. */
  const pass = (moment: Moment): boolean => {
    if (at === undefined || at.step !== steps || at.moment !== moment) return true;
    const { act } = at;
    at = undefined;
    const fate = act();
    if (fate === 'stay') return true;
    refuses = fate === 'cut';
    reset();
    return false;
  };
  const countRequest = (): boolean => {
    if (asked) return true;
    asked = true;
    steps += 1;
    return pass('before');
  };
  const countAnswer = (): boolean => {
    if (!asked) return true;
    if (!pass('after')) return false;
    asked = false;
    return true;
  };
  const carry = (from: Socket, to: Socket, count: () => boolean): void => {
    from.on('data', (chunk: Buffer) => {
      if (!count() || to.destroyed || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('end', () => to.end());
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => to.resume().end());
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (refuses) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const host = connect({ host: '127.0.0.1', port: target, noDelay: true, allowHalfOpen: true });
    const pair = [client, host] as const;
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
    carry(client, host, countRequest);
    carry(host, client, countAnswer);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    get steps() {
      return steps;
    },
    watch(step, moment, act) {
      [steps, asked] = [0, false];
      at = { step, moment, act };
    },
    mend() {
      refuses = false;
      at = undefined;
    },
    async [Symbol.asyncDispose]() {
      reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
