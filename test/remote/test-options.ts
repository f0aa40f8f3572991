import type { Host } from '../../src/core/host.ts';
import type { Reach } from '../../src/remote/connect/connect.ts';
import { readSshConfig } from '../../src/remote/ssh/ssh-config.ts';

/** Nothing of the user's own configuration; `change` for what a test needs different. */
export const reachOf = (hosts: readonly Host[], change: Partial<Reach> = {}): Reach => ({
  hosts,
  sshConfig: readSshConfig('/nonexistent'),
  revoked: () => false,
  routeTimeoutMs: 10_000,
  ...change,
});

export const never: AbortSignal = new AbortController().signal;
