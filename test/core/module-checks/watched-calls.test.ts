import { expect, test } from 'vitest';
import { createCallWatch, type WatchedCall } from '../../../src/core/module-checks/watched-calls.ts';

/** A probe whose calls end when the test says so. */
function openWatch() {
  const ends: ((error?: Error) => void)[] = [];
  const failures: [unknown, WatchedCall][] = [];
  const query = () =>
    new Promise<string>((resolve, reject) => ends.push((error) => (error === undefined ? resolve('output') : reject(error))));
  const probe = { host: 'heron', query, onHost: async () => ({ query }), jobs: { status: query } };
  const watch = createCallWatch(
    (work) => work(),
    (error, call) => failures.push([error, call]),
  );
  return { probe: watch.watch(probe, 'probe'), watch, ends, failures };
}

test.each([
  ['awaited', async (call: Promise<string>) => void (await call)],
  ['returned', async (call: Promise<string>) => call],
  ['given to Promise.all', async (call: Promise<string>) => Promise.all([call])],
  ['given to Promise.race', async (call: Promise<string>) => Promise.race([call, 'first'])],
  ['given a handler', async (call: Promise<string>) => call.catch(() => undefined)],
])('a call that is %s is not forgotten', async (_, use) => {
  const { probe, watch, ends } = openWatch();
  const used = use(probe.query());
  ends[0]?.();
  await used;
  expect(watch.findUnawaited()).toBeUndefined();
});

test.each([
  ['probe.query', (probe: ReturnType<typeof openWatch>['probe']) => void probe.query()],
  ['probe.jobs.status', (probe: ReturnType<typeof openWatch>['probe']) => void probe.jobs.status()],
  ['probe.query', async (probe: ReturnType<typeof openWatch>['probe']) => void (await probe.onHost()).query()],
])('%s without await is found, with the line of the call, also when it has failed', async (name, call) => {
  const { probe, watch, ends, failures } = openWatch();
  await call(probe);
  ends[0]?.(new Error('no such host'));
  await watch.waitForOpenCalls();
  expect(watch.findUnawaited()).toMatchObject({ name, at: { stack: expect.stringContaining('watched-calls.test.ts') } });
  expect(failures).toEqual([[new Error('no such host'), watch.findUnawaited()]]);
});

test('open calls are waited for, and so are those that follow them', async () => {
  const { probe, watch, ends } = openWatch();
  const done: string[] = [];
  const helper = async () => {
    done.push(await probe.query());
    done.push(await probe.query());
  };
  void helper();
  const waited = watch.waitForOpenCalls();
  ends[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  ends[1]?.();
  await waited;
  expect(done).toEqual(['output', 'output']);
});

test('what is not a promise passes as it is', () => {
  expect(openWatch().probe.host).toBe('heron');
});
