import type { Command, Connection, ExecResult, FileMeta } from '../../core/connection.ts';
import { nearest, SwarmError } from '../../core/error.ts';
import type { Become, Host, HostName } from '../../core/host.ts';
import type { Jobs } from '../../core/job.ts';
import type { Notice, Place, Probe, Remote } from '../../core/module.ts';
import type { Clock } from '../clock.ts';
import { isLoss, type Link } from './host-link.ts';
import { A_DAY_MS, untilProven } from './reconnect.ts';
import { lastingJobs, type RunningJobs } from './reconnecting-jobs.ts';
import { openWords } from './secret-in-argv.ts';

/** What a task brings along to every host that it touches. */
export interface Reach {
  readonly place: Place;
  readonly jobId: string;
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly running: RunningJobs;
  render(text: string, file: string): string;
  tell(notice: Notice): void;
  durable(): Promise<void>;
  /** Has this attempt started a job? Then the host is waited for, and its work is not given away. */
  readonly patience: { begun: boolean };
  jobsOn(connection: Connection, signal: AbortSignal): Jobs;
  /** The link to a host of the inventory, by name. */
  link(name: string): Link | undefined;
  readonly hosts: readonly Host[];
}

/** Both sides of one task on one host: `probe` has no way to write at all. */
export interface Hands {
  readonly probe: Probe;
  readonly remote: Remote;
}

/** Connects, and gives a task its hands on the host. Throws what connect() throws. */
export async function handsOn(link: Link, become: Become | undefined, reach: Reach): Promise<Hands> {
  const { signal, environment } = reach;
  const shell = async (): Promise<readonly [Connection, Connection]> => {
    const { patience, clock } = reach;
    const connection = await (patience.begun ? untilProven(link, { clock, signal, limitMs: A_DAY_MS }) : link.get(signal));
    return [connection, link.as(connection, become)];
  };
  const [{ facts }] = await shell();
  /** Once, over what is there: after a loss nobody knows whether it happened. */
  const once = async <T>(work: (shell: Connection) => Promise<T>): Promise<T> => {
    const [connection, rights] = await shell();
    try {
      return await work(rights);
    } catch (error) {
      if (isLoss(error)) link.lost(connection, error);
      throw error;
    }
  };
  /** Looking changes nothing, so it is repeated over a new connection when the first is lost. */
  const looking = async <T>(work: (shell: Connection) => Promise<T>): Promise<T> => {
    try {
      return await once(work);
    } catch (error) {
      if (!isLoss(error) || signal.aborted) throw error;
      return once(work);
    }
  };
  const dressed = (command: Command): Command => ({ ...openWords(command), env: { ...environment, ...command.env } });
  const read = (path: string): Promise<Uint8Array | undefined> => looking((each) => each.read(path, signal));
  const query = (command: Command): Promise<ExecResult> => looking((each) => each.exec(dressed(command), signal));
  const others = (name: HostName): Promise<Hands> => {
    const other = linkOrThrow(name, reach);
    return handsOn(other, other.host.login.become, reach);
  };
  const base = { host: link.host, facts, place: reach.place, jobId: reach.jobId, signal, read, query };
  const { render } = reach;
  // jobs are told by the engine, which sees them through every loss
  const tell = (notice: Notice): void => {
    if (!notice.type.startsWith('job.')) reach.tell(notice);
  };
  return {
    probe: { ...base, render, tell, at: async (name) => (await others(name)).probe },
    remote: {
      ...base,
      render,
      tell,
      at: async (name) => (await others(name)).remote,
      exec: (command, onLine) => once((each) => each.exec(dressed(command), signal, onLine)),
      write: (path: string, content: Uint8Array, meta: FileMeta = {}) => once((each) => each.write(path, content, meta, signal)),
      open: (command) => once((each) => each.open(dressed(command), signal)),
      expose: (port, at) => link.expose(port, signal, at),
      jobs: lastingJobs({ ...reach, link, become }),
    },
  };
}

/** SW1203 with the nearest name where the inventory has no such host. */
export function linkOrThrow(name: string, { link, hosts }: Pick<Reach, 'link' | 'hosts'>): Link {
  const found = link(name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    hosts.map((host) => host.name),
  );
  throw new SwarmError('SW1203', `no host "${name}" in the inventory`, near === undefined ? {} : { hint: `did you mean ${near}?` });
}
