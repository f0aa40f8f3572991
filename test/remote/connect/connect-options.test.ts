import { expect, test } from 'vitest';
import type { Host } from '../../../src/core/inventory/host.ts';
import { type ConnectOptions, findTimeouts } from '../../../src/remote/connect/connect-options.ts';

test('the time to connect is that of the inventory, else ConnectTimeout of ssh_config, else the default', () => {
  const of = (timeouts: Host['timeouts'], connectTimeoutMs?: number) => {
    const host = { name: 'a', ...(timeouts === undefined ? {} : { timeouts }) } as Host;
    const { connect, handshake, login } = findTimeouts(
      host,
      {} as ConnectOptions,
      connectTimeoutMs === undefined ? {} : { connectTimeoutMs },
    );
    return [connect, handshake, login];
  };
  expect(of(undefined)).toEqual([10_000, 10_000, 30_000]);
  expect(of(undefined, 3000)).toEqual([3000, 3000, 30_000]);
  expect(of({ connect: 5000 }, 3000)).toEqual([5000, 3000, 30_000]);
});
