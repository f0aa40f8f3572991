import { formatRoute } from '../../core/inventory/route.ts';
import { formatAbsence } from '../../fleet/blocks/block-text.ts';
import { findHosts, openProject } from '../../fleet/project/project.ts';
import { trustStatus } from '../../fleet/trust/trust-status.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { formatHostTable } from './host-table.ts';

/** `swarm hosts list`: from the files only, no host is asked. */
export async function listHostsCommand(pattern: string | undefined, options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const listsAll = pattern === undefined && options.limit === undefined; // a new project has no hosts, and that is not an error
  const selected = listsAll
    ? project.inventory.hosts.filter((host) => host.routes[0].kind !== 'here')
    : findHosts(project, pattern, options);
  const hosts = selected.map((host) => ({
    name: host.name,
    status: trustStatus(host, Date.now()),
    groups: host.groups,
    protected: host.protected,
    routes: host.routes.map(formatRoute),
    ...(host.cores === undefined ? {} : { cores: host.cores }),
    ...(host.block === undefined ? {} : { block: host.block }),
    ...(host.gone === undefined ? {} : { gone: host.gone }),
  }));
  printResult(options, { hosts }, (style) =>
    formatHostTable(
      ['GROUPS', 'ROUTES'],
      hosts.map((host) => ({
        name: host.name,
        status: host.status,
        protected: host.protected,
        details: [host.groups.join(' '), host.routes.join(', ')],
        note: formatAbsence(host),
      })),
      style,
    ),
  );
  return 0;
}
