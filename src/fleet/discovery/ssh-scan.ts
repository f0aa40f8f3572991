import { execFile } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import PQueue from 'p-queue';
import type { Host, HostKey, HostName, Route } from '../../core/host.ts';
import { parseAddress } from '../../language/inventory/address.ts';
import type { Reach } from '../../remote/connect/connect-options.ts';
import { scan } from '../../remote/connect/scan-host-keys.ts';
import { readSshConfig } from '../../remote/ssh/ssh-config.ts';
import { reach } from '../connection/connectors.ts';
import type { Project } from '../project/project.ts';

/** Who answers on an SSH port: nothing but what it shows before any login. */
export interface Answer {
  readonly address: string;
  readonly port: number;
  readonly keys: readonly HostKey[];
  readonly banner: string;
}

const ASK_MS = 3000;
const AT_ONCE = 256;

/** Asks all addresses (`10.0.0.1`, `[fd00::1]:2222`), many at a time; who does not answer is left out. */
export async function answersOf(addresses: Iterable<string>, project: Project): Promise<readonly Answer[]> {
  const queue = new PQueue({ concurrency: AT_ONCE });
  // no ssh_config: a ProxyJump in it would make us log in somewhere
  const plan: Reach = { ...reach(project), sshConfig: readSshConfig(''), routeTimeoutMs: ASK_MS };
  const answers = await Promise.all([...addresses].map((address) => queue.add(() => ask(address, plan))));
  return answers.flatMap((each) => each ?? []);
}

async function ask(text: string, plan: Reach): Promise<Answer | undefined> {
  const parsed = parseAddress(text);
  if (typeof parsed === 'string') return undefined;
  const { address, port = 22 } = parsed;
  const route: Route = { kind: 'local', address, port };
  const login = { user: 'nobody', keys: [] };
  const stranger: Host = { name: text as HostName, groups: [], routes: [route], login, protected: true, vars: {} };
  try {
    const { keys, banner } = await scan(stranger, route, plan, AbortSignal.timeout(ASK_MS));
    return keys.length === 0 ? undefined : { address, port, keys, banner };
  } catch {
    return undefined; // nobody there, or no SSH
  }
}

/** `10.0.0.1`, `10.0.0.1:2222`, `[fd00::1]:2222`: as routes are written. */
export const endpoint = (address: string, port: number): string =>
  port === 22 ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** Addresses that this machine has exchanged packets with lately; none where `ip` is not there. */
export async function neighbours(): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)('ip', ['neigh', 'show'], { timeout: 5000 });
    return stdout
      .split('\n')
      .filter((line) => !/FAILED|INCOMPLETE/.test(line) && !/^fe80:/i.test(line))
      .flatMap((line) => line.split(' ')[0] || []);
  } catch {
    return [];
  }
}

/** This machine's own addresses. */
export const ownAddresses = (): ReadonlySet<string> =>
  new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)));
