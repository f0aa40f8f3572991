/** A call of the probe or the remote that has not ended, or whose promise nothing has used yet. */
export interface WatchedCall {
  /** As the module writes it: `probe.query`. */
  readonly name: string;
  /** Its stack has the line of the module. */
  readonly at: Error;
}

/** The calls that one run of a module makes. */
export interface CallWatch {
  /** The same object, whose calls are watched. */
  watch<T extends object>(api: T, name: string): T;
  /** A call whose promise nothing awaits. */
  findUnawaited(): WatchedCall | undefined;
  /** Waits for the calls that go on, and for those that follow them. */
  waitForOpenCalls(): Promise<void>;
}

/** `enter` surrounds each call. `onFailure` gets each error that a call ends with. */
export function createCallWatch(enter: <T>(work: () => T) => T, onFailure: (error: unknown, call: WatchedCall) => void): CallWatch {
  const open = new Map<WatchedCall, Promise<unknown>>();
  const unused = new Set<WatchedCall>();

  const track = (call: WatchedCall, result: Promise<unknown>): Promise<unknown> => {
    const promise = result.then((value) => (isNested(call.name, value) ? watch(value, call.name.split('.')[0] ?? '') : value));
    unused.add(call);
    const ended = promise.then(
      () => void open.delete(call),
      (error: unknown) => {
        open.delete(call);
        onFailure(error, call);
      },
    );
    open.set(call, ended);
    return withUseNoted(promise, () => void unused.delete(call));
  };
  const watch = <T extends object>(api: T, name: string): T =>
    new Proxy(Object.create(api) as T, {
      get(_, key) {
        const value: unknown = Reflect.get(api, key);
        if (typeof key !== 'string') return value;
        const path = `${name}.${key}`;
        if (key === 'jobs' && typeof value === 'object' && value !== null) return watch(value, path);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const result: unknown = enter(() => Reflect.apply(value, api, args));
          return result instanceof Promise ? track({ name: path, at: new Error(path) }, result) : result;
        };
      },
    });
  return {
    watch,
    findUnawaited: () => [...unused][0],
    async waitForOpenCalls() {
      for (; open.size > 0; await new Promise((done) => setImmediate(done))) await Promise.all(open.values());
    },
  };
}

/** The probe or the remote of another host. */
const isNested = (name: string, value: unknown): value is object => name.endsWith('.onHost') && typeof value === 'object' && value !== null;

/** The promise, with a note at the first `await`, `then`, `Promise.all` and the like. Without a constructor of its own `await` calls `then`. */
function withUseNoted(promise: Promise<unknown>, onUse: () => void): Promise<unknown> {
  return Object.defineProperties(promise, {
    constructor: { value: undefined },
    // biome-ignore lint/suspicious/noThenProperty: it is a promise
    then: {
      value: (...handlers: Parameters<Promise<unknown>['then']>) => {
        onUse();
        return Promise.prototype.then.apply(promise, handlers);
      },
    },
  });
}
