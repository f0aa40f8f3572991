import PQueue from 'p-queue';
import type { Host } from '../../core/inventory/host.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Route } from '../../core/inventory/route.ts';
import { allStages } from '../../core/inventory/stage-timeouts.ts';
import { parseAddress } from '../../language/inventory/host/address.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { scanHostKeys } from '../../remote/connect/scan-host-keys.ts';
import { readSshConfig } from '../../remote/ssh-config/ssh-config.ts';
import { makeConnectOptions } from '../connection/connectors.ts';
import type { Project } from '../project/project.ts';

/** Who answers on an SSH port: nothing but what it shows before any login. */
export interface SshScanResult {
  readonly address: string;
  readonly port: number;
  readonly keys: readonly HostKey[];
  readonly banner: string;
}

const SCAN_MS = 3000;
const MAX_PARALLEL_SCANS = 256;

/** Scans all addresses (`10.0.0.1`, `[fd00::1]:2222`), many at a time; the result has only those that answer. */
export async function scanAddresses(addresses: Iterable<string>, project: Project): Promise<readonly SshScanResult[]> {
  const queue = new PQueue({ concurrency: MAX_PARALLEL_SCANS });
  // no ssh_config: a ProxyJump in it would make us log in somewhere
  const connectOptions: ConnectOptions = { ...makeConnectOptions(project), sshConfig: readSshConfig(''), timeouts: allStages(SCAN_MS) };
  const results = await Promise.all([...addresses].map((address) => queue.add(() => scanAddress(address, connectOptions))));
  return results.flatMap((each) => each ?? []);
}

async function scanAddress(text: string, connectOptions: ConnectOptions): Promise<SshScanResult | undefined> {
  const parsed = parseAddress(text);
  if (typeof parsed === 'string') return undefined;
  const { address, port = 22 } = parsed;
  const route: Route = { kind: 'local', address, port };
  const login = { user: 'nobody', keys: [] };
  const unknownHost: Host = { name: text as HostName, groups: [], routes: [route], login, protected: true, vars: {} };
  try {
    const { keys, banner } = await scanHostKeys(unknownHost, route, connectOptions, AbortSignal.timeout(SCAN_MS));
    return keys.length === 0 ? undefined : { address, port, keys, banner };
  } catch {
    return undefined; // nothing answers, or no SSH server
  }
}

/** `10.0.0.1`, `10.0.0.1:2222`, `[fd00::1]:2222`: as routes are written. */
export const formatAddress = (address: string, port: number): string =>
  port === 22 ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
