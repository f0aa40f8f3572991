import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Remote } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { serveBinhost } from '../../gentoo/binhost/serve/serve-binhost.ts';
import { explainEmergeFailure } from '../../gentoo/build-log/emerge-failure.ts';
import { openBinhostStore } from '../binhost-access.ts';
import { makePortageCommand } from '../emerge-job.ts';
import { followBuild } from '../follow-build.ts';

/** What one upgrade of a client needs. */
export interface ClientUpdate {
  readonly target: Target;
  /** The address that the client has for the binhost itself; null: it gets a tunnel. */
  readonly binhost: string | null;
  readonly options: readonly string[];
}

/** Upgrades @world of a client from binaries, as a job that continues when the connection breaks. Throws what emerge reports. */
export async function updateClient(remote: Remote, { target, binhost, options }: ClientUpdate): Promise<void> {
  const { state } = await remote.jobs.status(remote.jobId);
  if (binhost !== null || state === 'exited' || state === 'died') return await followUpdate(remote, ['-', binhost ?? '-'], options);
  await using server = await serveBinhost(await openBinhostStore(remote, target.binhost));
  if (state === 'absent') {
    await using tunnel = await remote.expose(server.port);
    return await followUpdate(remote, [`http://127.0.0.1:${tunnel.port}`, '-'], options);
  }
  let tunnel: Promise<AsyncDisposable | undefined> = Promise.resolve(undefined);
  try {
    await followUpdate(remote, ['-', '-'], options, (port) => {
      tunnel = remote.expose(server.port, port).catch(() => undefined); // emerge itself reports a binhost that does not answer
    });
  } finally {
    await (await tunnel)?.[Symbol.asyncDispose]();
  }
}

async function followUpdate(
  remote: Remote,
  addresses: readonly [string, string],
  options: readonly string[],
  onPort: (port: number) => void = () => {},
) {
  const id = remote.jobId;
  await remote.jobs.start(id, makePortageCommand(readProgram('src/builds/client/update-client.sh'), ...addresses, ...options, '@world'));
  const { lines } = await followBuild(remote, id, ({ port }) => onPort(port));
  const status = await remote.jobs.status(id);
  if (status.state !== 'exited') {
    throw new SwarmError('SW6010', `the upgrade of ${remote.host.name} ended without a result: it was killed, or the machine rebooted`, {
      detail: lines.slice(-20).join('\n'),
    });
  }
  await remote.jobs.forget(id); // all that it printed was reported
  if (status.exit === 0) return;
  const { code, message, hint, detail } = explainEmergeFailure(status.exit, lines, '');
  throw new SwarmError(code, message, { hint, detail });
}
