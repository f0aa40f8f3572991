import { isBlocked } from '../../core/inventory/block.ts';
import type { Gone } from '../../core/inventory/gone.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Clock } from '../clock.ts';
import { describeAbsence, goneHostError } from '../host-block.ts';
import type { RunDeps } from '../run-deps.ts';
import type { AbsentHosts, HostAbsence } from './host-absence.ts';
import type { HostLinks } from './host-links.ts';

/** Follows which hosts are absent. The link of a host that is gone is given up at once: nothing waits for it any more. */
export function watchAbsentHosts(deps: RunDeps, links: HostLinks, clock: Clock, signal: AbortSignal): AbsentHosts {
  const { inventory, journal } = deps;
  const gone = new Map<string, Gone>(inventory.hosts.flatMap((host) => (host.gone === undefined ? [] : [[host.name, host.gone] as const])));
  let hosts = new Map<string, Host>(inventory.hosts.map((host) => [host.name, host]));
  let announce: () => void = () => undefined;
  const waitForNext = (): Promise<void> =>
    new Promise((resolve) => {
      announce = resolve;
    });
  let next = waitForNext();
  const findBlocked = (name: string): Host | undefined => {
    const host = hosts.get(name);
    return host !== undefined && isBlocked(host, clock.now()) ? host : undefined;
  };
  const isAbsent = (name: string): boolean => gone.has(name) || findBlocked(name) !== undefined;
  const note = (text: string): void => {
    if (!signal.aborted) journal.emit({ type: 'run.note', text });
  };
  const update = (now: HostAbsence): void => {
    if (signal.aborted) return;
    const names = new Set([...inventory.hosts.map(({ name }) => String(name)), ...now.gone.keys()]);
    const before = new Map([...names].map((name) => [name, isAbsent(name)]));
    const left = [...now.gone].filter(([name]) => !gone.has(name));
    hosts = new Map(now.hosts.map((host) => [host.name, host]));
    for (const name of gone.keys()) if (!now.gone.has(name)) gone.delete(name);
    for (const [name, each] of left) {
      gone.set(name, each);
      note(`${name} is ${describeAbsence({ gone: each })}: what it has in hand is given to other hosts`);
      links.giveUp(name, goneHostError(name, each));
    }
    for (const name of names) {
      const host = hosts.get(name);
      if (isAbsent(name) === before.get(name) || gone.has(name) || host === undefined) continue;
      note(isAbsent(name) ? `${name} is ${describeAbsence(host)}: it gets no more work in this run` : `${name} gets work again`);
    }
    if (left.length === 0 && [...names].every((name) => isAbsent(name) === before.get(name))) return;
    announce();
    next = waitForNext();
  };
  const stop = deps.watchHosts?.(update) ?? ((): void => undefined);
  return { isAbsent, findBlocked, findGone: (name) => gone.get(name), nextChange: () => next, stop };
}
