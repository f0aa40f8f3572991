import { type HostVerification, toVerification, type VerifyResult } from '../../fleet/overview/dashboard-hosts.ts';
import { spawnSelf } from '../spawn-self.ts';

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
