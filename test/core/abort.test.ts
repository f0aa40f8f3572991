import { expect, test } from 'vitest';
import { onAbort, raceWithAbort } from '../../src/core/abort.ts';

test('the action runs once, at once where the signal has aborted already, and not after the watching ended', () => {
  const calls: string[] = [];
  const [now, ended] = [new AbortController(), new AbortController()];
  onAbort(AbortSignal.abort(), () => calls.push('aborted before'));
  onAbort(now.signal, () => calls.push('aborted now'));
  onAbort(ended.signal, () => calls.push('not watched'))();
  for (const each of [now, now, ended]) each.abort();
  expect(calls).toEqual(['aborted before', 'aborted now']);
});

test('a promise is waited for until the signal aborts', async () => {
  const stop = new AbortController();
  expect(await raceWithAbort(Promise.resolve('value'), stop.signal)).toBe('value');
  await expect(raceWithAbort(Promise.reject(new Error('own')), stop.signal)).rejects.toThrow('own');
  const waiting = raceWithAbort(new Promise(() => undefined), stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(raceWithAbort(Promise.resolve('late'), stop.signal)).rejects.toThrow('stopped');
});
