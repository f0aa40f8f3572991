import type { Connection } from '../../core/connection.ts';

/** The connection that a link uses. It follows one that was lost, or that a new one took the place of. */
export interface CurrentConnection {
  /** The one in use. Where there is none, one is made for all that ask meanwhile. */
  get(make: () => Promise<Connection>): Promise<Connection>;
  /** Uses the connection from now on. Operations that go on keep the one before. */
  replace(next: Connection): Promise<void>;
  /** Uses none, so that the next `get` makes one. Operations that go on keep the one before. */
  leave(): void;
  /** Notes the end of a connection when it comes. */
  watch(connection: Connection): void;
  lose(connection: Connection, error: unknown): void;
  /** Loses the one in use, if any. */
  loseCurrent(error: unknown): void;
  isLost(connection: Connection): boolean;
  close(): Promise<void>;
}

/** Makes none yet. `onLoss` gets the error of each connection that is lost, once. */
export function createCurrentConnection(onLoss: (error: unknown) => void): CurrentConnection {
  let current: Promise<Connection> | undefined;
  let isClosed = false;
  const lost = new WeakSet<Connection>();
  const left: Connection[] = [];

  const lose = (connection: Connection, error: unknown): void => {
    if (isClosed || lost.has(connection)) return;
    lost.add(connection);
    current = undefined;
    onLoss(error);
    Promise.resolve(connection[Symbol.asyncDispose]()).catch(() => {}); // it is closed already
  };
  const leaveOpen = async (before: Promise<Connection> | undefined): Promise<void> => {
    const old = await before?.catch(() => undefined);
    if (old === undefined || lost.has(old)) return;
    lost.add(old); // its end is not a loss
    left.push(old);
  };

  return {
    get(make) {
      if (current !== undefined) return current;
      const made = make();
      current = made;
      made.catch(() => {
        if (current === made) current = undefined;
      });
      return made;
    },
    async replace(next) {
      await leaveOpen(current);
      current = Promise.resolve(next);
    },
    leave() {
      void leaveOpen(current);
      current = undefined;
    },
    async watch(connection) {
      const reason = await connection.closed.catch((error: unknown) => error);
      if (reason !== undefined) lose(connection, reason);
      else if (!lost.has(connection)) current = undefined;
    },
    lose,
    loseCurrent(error) {
      current?.then((connection) => lose(connection, error)).catch(() => {});
    },
    isLost: (connection) => lost.has(connection),
    async close() {
      isClosed = true;
      await Promise.allSettled(left.map((each) => each[Symbol.asyncDispose]()));
      const last = await current?.catch(() => undefined);
      if (last !== undefined && !lost.has(last)) await last[Symbol.asyncDispose]();
    },
  };
}
