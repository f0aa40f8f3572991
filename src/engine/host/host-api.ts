import { raceWithAbort } from '../../core/abort.ts';
import type { Command, Connection, ExecResult, FileMeta } from '../../core/connection.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { Notice, Probe, Remote, RunPaths } from '../../core/module.ts';
import { toBytes } from '../../core/module-checks/checked-host.ts';
import { assertNoSecretInArgv } from '../../core/module-checks/secret-in-argv.ts';
import { sourceFolders } from '../../core/playbook/source-folders.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { renderTemplateText } from '../../language/template/template.ts';
import type { JobState } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { jobIdOf } from '../task/job-id.ts';
import { renderEnvironment } from '../task/render-environment.ts';
import { emitNotice, isCheck, type TaskCall } from '../task-call.ts';
import { isConnectionLoss } from './connection-loss.ts';
import type { HostLink } from './host-link.ts';
import { JOB_RECONNECT_LIMIT_MS, waitForReconnect } from './reconnect.ts';
import { openReconnectingJobs } from './reconnecting-jobs.ts';

/** What a module uses on a host: the `Probe` only reads, the `Remote` also writes. */
export interface HostApi {
  readonly probe: Probe;
  readonly remote: Remote;
}

/** Connects to the host, and opens both sides for one call. Throws what `connect()` throws. */
export async function openHostApi(
  call: TaskCall,
  link: HostLink,
  become: Become | undefined,
  jobState: JobState = call.hostRun.item?.jobState ?? { mayBeRunning: false },
): Promise<HostApi> {
  const { context, signal, variables } = call;
  const environment = renderEnvironment(call.settings.environments, variables, call.task.at);
  const { openShell, once, retryOnce } = createShellCalls(call, link, become, jobState);
  const [{ facts }] = await openShell();
  const withEnvironment = (command: Command): Command => ({ ...assertNoSecretInArgv(command), env: { ...environment, ...command.env } });
  const { outputGate } = context.journal;
  const openOtherHost = (name: HostName): Promise<HostApi> => {
    const other = findHostLink(context, name);
    return openHostApi(call, other, other.host.login.become, jobState);
  };
  const shared = {
    ...{
      host: link.host,
      facts,
      paths: taskPaths(call),
      jobId: jobIdOf(call),
      resultIsUsed: isResultUsed(call.task),
      check: isCheck(call),
      signal,
    },
    read: (path: string): Promise<Uint8Array | undefined> => retryOnce((shell) => shell.read(path, signal)),
    query: (command: Command): Promise<ExecResult> => retryOnce((shell) => shell.exec(withEnvironment(command), signal)),
    ...(context.ask === undefined ? {} : { ask: context.ask }),
    render: (text: string, file: string): string => renderTemplateText(text, variables, file),
    emit(notice: Notice): void {
      if (!notice.type.startsWith('job.')) emitNotice(call, notice); // the engine itself reports jobs
    },
  };
  return {
    probe: { ...shared, onHost: async (name) => (await openOtherHost(name)).probe },
    remote: {
      ...shared,
      onHost: async (name) => (await openOtherHost(name)).remote,
      exec: (command, onLine) => once((shell) => shell.exec({ ...withEnvironment(command), outputGate }, signal, onLine)),
      write: (path: string, content: Uint8Array | string, meta: FileMeta = {}) =>
        once((shell) => shell.write(path, toBytes(content, 'content'), meta, signal)),
      open: (command) => once((shell) => shell.open(withEnvironment(command), signal)),
      expose: (port, at) => link.expose(port, signal, at),
      reconnect: () => link.renew(signal),
      jobs: openReconnectingJobs(call, link, { become, environment, jobState }),
    },
  };
}

/** Work on a host over its connection, which may be lost meanwhile. */
function createShellCalls({ context, signal, operations }: TaskCall, link: HostLink, become: Become | undefined, jobState: JobState) {
  const openShell = async (): Promise<readonly [Connection, Connection]> => {
    const connection = await (jobState.mayBeRunning
      ? waitForReconnect(link, { clock: context.clock, signal, limitMs: JOB_RECONNECT_LIMIT_MS })
      : link.connect(signal));
    return [connection, operations.watch(link.as(connection, become))];
  };
  /** Not repeated: after a loss it is unknown whether the work happened. */
  const once = async <T>(work: (shell: Connection) => Promise<T>): Promise<T> => {
    const [connection, shell] = await openShell();
    try {
      return await raceWithAbort(work(shell), link.givenUp);
    } catch (error) {
      if (isConnectionLoss(error)) link.reportLoss(connection, error);
      throw error;
    }
  };
  /** For reads, which change nothing: repeated over a new connection after a loss. */
  const retryOnce = async <T>(work: (shell: Connection) => Promise<T>): Promise<T> => {
    try {
      return await once(work);
    } catch (error) {
      if (!isConnectionLoss(error) || signal.aborted) throw error;
      return once(work);
    }
  };
  return { openShell, once, retryOnce };
}

const taskPaths = ({ context: { paths }, settings: { role } }: TaskCall): RunPaths => ({
  ...paths,
  files: sourceFolders('files', role, paths.files),
  templates: sourceFolders('templates', role, paths.templates),
});

const isResultUsed = ({ register, until, failedWhen, changedWhen }: Task): boolean =>
  register !== undefined || until.length + failedWhen.length + changedWhen.length > 0;

/** The link to a host of the inventory. Throws SW1203 with the nearest name where it has no such host. */
export function findHostLink({ hosts, inventory }: RunContext, name: string): HostLink {
  const found = hosts.link(name);
  if (found !== undefined) return found;
  throw unknownNameError(
    'host',
    name,
    inventory.hosts.map((host) => host.name),
    'To see the hosts, run: swarm hosts list',
  );
}
