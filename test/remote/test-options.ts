import type { Host } from '../../src/core/inventory/host.ts';
import type { ConnectOptions } from '../../src/remote/connect/connect-options.ts';
import { readSshConfig } from '../../src/remote/ssh-config/ssh-config.ts';

/** Nothing of the user's own configuration; `change` for what a test needs different. */
export const connectOptions = (hosts: readonly Host[], change: Partial<ConnectOptions> = {}): ConnectOptions => ({
  hosts,
  sshConfig: readSshConfig('/nonexistent'),
  revoked: () => false,
  ...change,
});

export const neverAborted: AbortSignal = new AbortController().signal;
