import { existsSync } from 'node:fs';
import { join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { routeText } from '../core/host.ts';
import { diskStore } from '../gentoo/disk.ts';
import { readIndex } from '../gentoo/index-file.ts';
import { listRuns, type RunSummary, stateOf } from '../journal/read.ts';
import { cells } from '../report/table.ts';
import { activeBlock } from './blocks.ts';
import type { Everywhere } from './options.ts';
import { print } from './output.ts';
import { openProject, type Project } from './project.ts';

/** Everything that the project knows without asking a host, and the one command to type next. */
export async function overview(project: Project) {
  const runs = listRuns(project.runs);
  const hosts = project.inventory.hosts
    .filter((host) => host.routes[0].kind !== 'here')
    .map((host) => ({
      name: host.name,
      status: activeBlock(host) ? 'blocked' : host.identity === undefined ? 'untrusted' : 'trusted',
      cores: host.cores ?? lastCores(runs, host.name),
      protected: host.protected,
      routes: host.routes.map(routeText),
      ...(host.block === undefined ? {} : { block: host.block }),
    }));
  const binhost = await binhostOf(project);
  return {
    hosts,
    runs: runs
      .slice(0, 5)
      .map(({ run, playbook, status, startedAt, exit }) => ({ id: run, playbook, status, startedAt, exit: exit ?? null })),
    binhost,
    next: nextCommand(hosts, runs, binhost.packages),
  };
}

function lastCores(runs: readonly RunSummary[], name: string): number | undefined {
  for (const { file } of runs.slice(0, 3)) {
    const cores = stateOf(file).hosts[name]?.cores;
    if (cores !== undefined) return cores;
  }
  return undefined;
}

async function binhostOf({ inventory: { binhost } }: Project) {
  const place = binhost.host === undefined ? binhost.path : `${binhost.host}:${binhost.path}`;
  if (binhost.host !== undefined || !existsSync(join(binhost.path, 'Packages')))
    return { id: place, status: 'empty', packages: 0, size: 0 };
  const { packages } = await readIndex(diskStore(binhost.path));
  const size = packages.reduce((sum, stanza) => sum + Number(stanza.get('SIZE') ?? 0), 0);
  return { id: place, status: 'ok', packages: packages.length, size };
}

function nextCommand(
  hosts: readonly { readonly name: string; readonly status: string }[],
  runs: readonly RunSummary[],
  packages: number,
): string {
  const stranger = hosts.find((host) => host.status === 'untrusted');
  if (hosts.length === 0) return 'write your hosts into inventory/swarm.yml';
  if (stranger !== undefined) return `swarm hosts trust ${stranger.name}`;
  const [last] = runs;
  if (last?.status === 'running') return `swarm runs watch ${last.run}`;
  if (last?.status === 'interrupted') return `swarm runs resume ${last.run}`;
  if (last?.status === 'failed') return `swarm runs logs ${last.run} --errors`;
  return packages === 0 ? 'swarm run build CATEGORY/PACKAGE' : 'nothing to do';
}

/** `swarm status`. */
export async function statusCommand(options: Everywhere): Promise<number> {
  const shown = await overview(await openProject(options));
  print(options, shown, (look) => [
    ...cells(
      ['HOST', 'STATUS', 'CORES', 'ROUTES'],
      shown.hosts.map((host) => [
        host.name,
        host.block === undefined ? host.status : `${host.status} until ${host.block.until}: ${host.block.reason}`,
        String(host.cores ?? '?'),
        host.routes.join(', '),
      ]),
      look,
    ),
    '',
    ...shown.runs.map((run) => `run       ${run.id}  ${run.playbook}  ${run.status}  ${run.startedAt}`),
    `binhost   ${shown.binhost.id}  ${shown.binhost.packages} packages, ${prettyBytes(shown.binhost.size, { binary: true })}`,
    `next      ${shown.next}`,
  ]);
  return 0;
}
