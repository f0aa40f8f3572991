import { spawnSelf } from '../spawn-self.ts';

/** What the routes of a host proved just now. */
export interface HostVerification {
  readonly status: 'proven' | 'misdirected' | 'unreachable' | 'untrusted';
  /** The first one that is proven. */
  readonly route?: string;
  readonly note?: string;
}

interface VerifyResult {
  readonly name: string;
  readonly status: HostVerification['status'];
  readonly routes: readonly { readonly route: string; readonly status: string; readonly machine?: string }[];
}

/** `swarm hosts verify` in a process of its own, so that no key waits for it; tells once, when every host has answered. */
export function verifyInBackground(dir: string, onVerified: (answers: ReadonlyMap<string, HostVerification>) => void): { stop(): void } {
  const child = spawnSelf(['-C', dir, 'hosts', 'verify', '-o', 'json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  let stopped = false;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.on('error', () => {});
  child.on('close', () => {
    if (stopped) return;
    try {
      const { hosts } = JSON.parse(text) as { readonly hosts: readonly VerifyResult[] };
      onVerified(new Map(hosts.map((host) => [host.name, toVerification(host)])));
    } catch {
      // it could not say; `swarm hosts verify` tells why
    }
  });
  return {
    stop() {
      stopped = true;
      child.kill();
    },
  };
}

function toVerification({ status, routes }: VerifyResult): HostVerification {
  const route = routes.find((each) => each.status === 'proven')?.route;
  const misdirected = routes.find((each) => each.status === 'misdirected');
  return {
    status,
    ...(route === undefined ? {} : { route }),
    ...(misdirected === undefined ? {} : { note: `${misdirected.machine ?? 'another machine'} answers on ${misdirected.route}` }),
  };
}
