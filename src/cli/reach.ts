import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../core/connection.ts';
import { errorJson } from '../core/error.ts';
import type { RunFact } from '../core/event.ts';
import { type Host, routeText } from '../core/host.ts';
import { connect, type Reach, type RouteReport } from '../remote/connect.ts';
import { revokedBy } from '../remote/known-hosts.ts';
import { readSshConfig } from '../remote/ssh-config.ts';
import type { Project } from './project.ts';

const ROUTE_TIMEOUT_MS = 10_000;

/** How hosts are reached from here: the user's ssh_config, revoked keys, the whole inventory for jumps and for naming who answered. */
export function reach(project: Project, onRoute?: (report: RouteReport) => void): Reach {
  const ssh = join(homedir(), '.ssh');
  return {
    hosts: project.inventory.hosts,
    sshConfig: readSshConfig(join(ssh, 'config')),
    revoked: revokedBy([project.pins, join(ssh, 'known_hosts'), '/etc/ssh/ssh_known_hosts']),
    routeTimeoutMs: ROUTE_TIMEOUT_MS,
    ...(onRoute === undefined ? {} : { onRoute }),
  };
}

/** connect() for a run: what becomes of each route is told as events. */
export function connector(project: Project, tell: (fact: RunFact) => void): (host: Host, signal: AbortSignal) => Promise<Connection> {
  const plan = reach(project, (report) => {
    if (report.status === 'proven') return;
    tell({
      type: 'route.setAside',
      host: report.host,
      route: routeText(report.route),
      status: report.status,
      ...(report.machine === undefined ? {} : { machine: report.machine }),
      error: errorJson(report.error),
    });
  });
  return (host, signal) => connect(host, plan, signal);
}
