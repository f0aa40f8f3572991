import PQueue from 'p-queue';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { RunEventData } from '../../core/event.ts';
import type { Host } from '../../core/inventory/host.ts';
import { isSameLogin, type PlayLogin } from '../../core/inventory/play-login.ts';
import { isSshRoute } from '../../core/inventory/route.ts';
import { goneHostError } from '../host-block.ts';
import type { RunContext, RunOptions, RunRecord } from '../run-context.ts';
import type { RunDeps } from '../run-deps.ts';
import { createHostLink, type HostLink } from './host-link.ts';

/** The clock of a run, its end, and what ends it. */
export type RunControls = Pick<RunContext, 'clock' | 'signal' | 'halt'>;

/** The links of a run to its hosts. */
export interface HostLinks {
  link(name: string): HostLink | undefined;
  /** The link to the same host that always logs in as the inventory says. The journal has nothing of it. */
  inventoryLink(name: string): HostLink | undefined;
  /** The link to the same host that logs in as this user, with the port that the play has. The journal has nothing of it. */
  userLink(link: HostLink, user: string): HostLink;
  /** From now on these hosts are logged in to as a play says, and all others as the inventory says. */
  setLogins(logins: ReadonlyMap<string, PlayLogin>): void;
  /** Lets the next operation of each link to the host make a new connection. */
  renewLater(name: string): void;
  giveUp(name: string, error: SwarmError): void;
  close(): Promise<void>;
}

/** The link to each host, made when it is first used. */
export function createLinks(options: RunOptions, deps: RunDeps, { clock, signal, halt }: RunControls): HostLinks {
  const { inventory, journal } = deps;
  const connectPool = new PQueue({ concurrency: options.forks });
  const hosts = new Map<string, Host>(inventory.hosts.map((host) => [host.name, host]));
  const links = new Map<string, HostLink>();
  const ownLinks = new Map<string, HostLink>();
  const userLinks = new Map<string, Map<string, HostLink>>();
  const listAll = (): readonly HostLink[] => [links, ownLinks, ...userLinks.values()].flatMap((made) => [...made.values()]);
  const emit = (fact: RunEventData): void => emitLinkEvent(journal, fact, signal, halt);
  const open = (made: Map<string, HostLink>, name: string, tell = emit): HostLink | undefined => {
    const host = hosts.get(name);
    const known = made.get(name);
    if (host === undefined || known !== undefined) return known;
    const link = createHostLink(host, { connect: (to, stop) => deps.connect(to, stop), emit: tell, clock, signal, connectPool });
    made.set(name, link);
    if (host.gone !== undefined) link.giveUp(goneHostError(name, host.gone));
    return link;
  };
  return {
    link: (name) => open(links, name),
    inventoryLink(name) {
      const link = open(links, name);
      return link === undefined || isSameLogin(link.login, {}) ? link : open(ownLinks, name, () => undefined);
    },
    userLink(link, user) {
      const { host, login } = link;
      if (!host.routes.some(isSshRoute) || host.login.user === user) return link;
      const made = userLinks.get(user) ?? new Map<string, HostLink>();
      userLinks.set(user, made);
      const found = open(made, host.name, () => undefined) ?? link;
      found.logInAs({ ...login, user });
      return found;
    },
    setLogins(logins) {
      for (const name of logins.keys()) open(links, name);
      for (const [name, link] of links) link.logInAs(logins.get(name) ?? {});
    },
    renewLater(name) {
      for (const link of listAll()) if (link.host.name === name) link.renewLater();
    },
    giveUp(name, error) {
      open(links, name)?.giveUp(error);
      for (const link of listAll()) if (link.host.name === name) link.giveUp(error);
    },
    async close() {
      await Promise.allSettled(listAll().map((link) => link.close()));
    },
  };
}

/** A link can be lost at any time. After the last event of the run nothing is emitted, and an error of the journal ends the run. */
function emitLinkEvent(journal: RunRecord, fact: RunEventData, signal: AbortSignal, halt: (error: unknown) => void): void {
  if (signal.aborted) return;
  try {
    journal.emit(fact);
  } catch (error) {
    halt(error);
  }
}
