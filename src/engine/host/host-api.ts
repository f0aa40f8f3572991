import type { Command, Connection, ExecResult, FileMeta } from '../../core/connection.ts';
import type { Become, Host, HostName } from '../../core/host.ts';
import type { Jobs } from '../../core/job.ts';
import type { Notice, Probe, Remote, RunPaths } from '../../core/module.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import type { Clock } from '../clock.ts';
import { type HostLink, isConnectionLoss } from './host-link.ts';
import { JOB_RECONNECT_LIMIT_MS, waitForReconnect } from './reconnect.ts';
import { openReconnectingJobs, type RunningJobs } from './reconnecting-jobs.ts';
import { assertNoSecretInArgv } from './secret-in-argv.ts';

/** What a task brings along to every host that it touches. */
export interface HostApiOptions {
  readonly paths: RunPaths;
  readonly jobId: string;
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly runningJobs: RunningJobs;
  render(text: string, file: string): string;
  emit(notice: Notice): void;
  flush(): Promise<void>;
  /** Has this attempt started a job? Then the host is waited for, and its work is not given away. */
  readonly jobState: { begun: boolean };
  openJobs(connection: Connection, signal: AbortSignal): Jobs;
  /** The link to a host of the inventory, by name. */
  link(name: string): HostLink | undefined;
  readonly hosts: readonly Host[];
}

/** Both sides of one task on one host: `probe` has no way to write at all. */
export interface HostApi {
  readonly probe: Probe;
  readonly remote: Remote;
}

/** Connects, and gives a task its hands on the host. Throws what connect() throws. */
export async function openHostApi(link: HostLink, become: Become | undefined, options: HostApiOptions): Promise<HostApi> {
  const { signal, environment } = options;
  const openShell = async (): Promise<readonly [Connection, Connection]> => {
    const { jobState, clock } = options;
    const connection = await (jobState.begun
      ? waitForReconnect(link, { clock, signal, limitMs: JOB_RECONNECT_LIMIT_MS })
      : link.connect(signal));
    return [connection, link.as(connection, become)];
  };
  const [{ facts }] = await openShell();
  /** Once, over what is there: after a loss nobody knows whether it happened. */
  const once = async <T>(work: (shell: Connection) => Promise<T>): Promise<T> => {
    const [connection, rights] = await openShell();
    try {
      return await work(rights);
    } catch (error) {
      if (isConnectionLoss(error)) link.reportLoss(connection, error);
      throw error;
    }
  };
  /** Looking changes nothing, so it is repeated over a new connection when the first is lost. */
  const retryOnce = async <T>(work: (shell: Connection) => Promise<T>): Promise<T> => {
    try {
      return await once(work);
    } catch (error) {
      if (!isConnectionLoss(error) || signal.aborted) throw error;
      return once(work);
    }
  };
  const withEnvironment = (command: Command): Command => ({ ...assertNoSecretInArgv(command), env: { ...environment, ...command.env } });
  const read = (path: string): Promise<Uint8Array | undefined> => retryOnce((each) => each.read(path, signal));
  const query = (command: Command): Promise<ExecResult> => retryOnce((each) => each.exec(withEnvironment(command), signal));
  const openOtherHost = (name: HostName): Promise<HostApi> => {
    const other = findHostLink(name, options);
    return openHostApi(other, other.host.login.become, options);
  };
  const base = { host: link.host, facts, paths: options.paths, jobId: options.jobId, signal, read, query };
  const { render } = options;
  // jobs are told by the engine, which sees them through every loss
  const emit = (notice: Notice): void => {
    if (!notice.type.startsWith('job.')) options.emit(notice);
  };
  return {
    probe: { ...base, render, emit, onHost: async (name) => (await openOtherHost(name)).probe },
    remote: {
      ...base,
      render,
      emit,
      onHost: async (name) => (await openOtherHost(name)).remote,
      exec: (command, onLine) => once((each) => each.exec(withEnvironment(command), signal, onLine)),
      write: (path: string, content: Uint8Array, meta: FileMeta = {}) => once((each) => each.write(path, content, meta, signal)),
      open: (command) => once((each) => each.open(withEnvironment(command), signal)),
      expose: (port, at) => link.expose(port, signal, at),
      jobs: openReconnectingJobs({ ...options, link, become }),
    },
  };
}

/** SW1203 with the nearest name where the inventory has no such host. */
export function findHostLink(name: string, { link, hosts }: Pick<HostApiOptions, 'link' | 'hosts'>): HostLink {
  const found = link(name);
  if (found !== undefined) return found;
  throw unknownNameError(
    'host',
    name,
    hosts.map((host) => host.name),
    'swarm hosts list shows the names',
  );
}
