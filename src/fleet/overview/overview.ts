import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import type { Everywhere } from '../../cli/options.ts';
import { print } from '../../cli/output.ts';
import { type Host, routeText } from '../../core/host.ts';
import { diskStore } from '../../gentoo/binhost/disk-store.ts';
import { readIndex } from '../../gentoo/binhost/index-file.ts';
import { listRuns, type RunSummary, stateOf } from '../../journal/read-journal.ts';
import { type Astray, readRoutes } from '../../journal/route-memory.ts';
import { show } from '../../report/text/display-text.ts';
import { cells } from '../../report/text/table.ts';
import { activeBlock, blockText, endOf } from '../blocks/block-text.ts';
import { openProject, type Project } from '../project/project.ts';

/** Everything that the project knows without asking a host, and the one command to type next. */
export async function overview(project: Project) {
  const runs = listRuns(project.runs);
  const now = new Date();
  const { astray } = readRoutes(dirname(project.runs), now.getTime());
  const hosts = project.inventory.hosts
    .filter((host) => host.routes[0].kind !== 'here')
    .map((host) => ({
      name: host.name,
      status: statusOf(host, astray.get(host.name) ?? [], now),
      cores: host.cores ?? lastCores(runs, host.name),
      protected: host.protected,
      routes: host.routes.map(routeText),
      ...(host.block === undefined ? {} : { block: host.block }),
      ...(astray.has(host.name)
        ? { astray: (astray.get(host.name) ?? []).map(({ route, machine, since }) => ({ route, machine: machine ?? null, since })) }
        : {}),
    }));
  const binhost = await binhostOf(project);
  return {
    hosts,
    runs: runs
      .slice(0, 5)
      .map(({ run, playbook, status, startedAt, exit }) => ({ id: run, playbook, status, startedAt, exit: exit ?? null })),
    binhost,
    next: nextCommand(project.inventory.hosts, hosts, runs, binhost),
  };
}

/** misdirected: a route led to another machine, and was not seen to lead to the host since. */
function statusOf(host: Host, astray: readonly Astray[], now: Date): 'blocked' | 'untrusted' | 'misdirected' | 'trusted' {
  if (activeBlock(host, now)) return 'blocked';
  if (host.identity === undefined) return 'untrusted';
  return astray.length > 0 ? 'misdirected' : 'trusted';
}

function lastCores(runs: readonly RunSummary[], name: string): number | undefined {
  for (const { file } of runs.slice(0, 3)) {
    const cores = stateOf(file).hosts[name]?.cores;
    if (cores !== undefined) return cores;
  }
  return undefined;
}

async function binhostOf({ inventory: { binhost } }: Project) {
  if (binhost.host !== undefined) return { id: `${binhost.host}:${binhost.path}`, status: 'elsewhere', packages: 0, size: 0 };
  if (!existsSync(join(binhost.path, 'Packages'))) return { id: binhost.path, status: 'empty', packages: 0, size: 0 };
  const { packages } = await readIndex(diskStore(binhost.path));
  const size = packages.reduce((sum, stanza) => sum + Number(stanza.get('SIZE') ?? 0), 0);
  return { id: binhost.path, status: 'ok', packages: packages.length, size };
}

interface Known {
  readonly name: string;
  readonly status: string;
}

/** The most urgent first: what runs, what cannot be used, what was cut off, what failed. */
function nextCommand(
  all: readonly Host[],
  hosts: readonly Known[],
  runs: readonly RunSummary[],
  binhost: { readonly status: string },
): string {
  const [last] = runs;
  const stranger = firstToTrust(all);
  const astray = hosts.find(({ status }) => status === 'misdirected');
  const over = all.find((host) => host.block !== undefined && endOf(host.block.until) <= Date.now());
  if (hosts.length === 0) return 'write your hosts into inventory/swarm.yml, or: swarm hosts discover';
  if (last?.status === 'running') return `swarm runs watch ${last.run}`;
  if (stranger !== undefined) return `swarm hosts trust ${stranger.name}`;
  if (astray !== undefined) return `swarm hosts verify ${astray.name}`;
  if (last?.status === 'interrupted') return `swarm runs resume ${last.run}`;
  if (last?.status === 'failed') return `swarm runs logs ${last.run} --errors`;
  if (over !== undefined) return `swarm hosts unblock ${over.name}`;
  return binhost.status === 'empty' ? 'swarm run build CATEGORY/PACKAGE' : 'nothing to do';
}

/** A jump host before what lies behind it. */
function firstToTrust(hosts: readonly Host[]): Host | undefined {
  const strangers = hosts.filter((host) => host.identity === undefined && host.routes[0].kind !== 'here');
  const behind = (host: Host): boolean =>
    host.routes.some((route) => route.kind === 'jump' && strangers.some(({ name }) => name === route.via));
  return strangers.find((host) => !behind(host)) ?? strangers[0];
}

/** `swarm status`. */
export async function statusCommand(options: Everywhere): Promise<number> {
  const shown = await overview(await openProject(options));
  const { binhost } = shown;
  print(options, shown, (look) => [
    ...cells(
      ['HOST', 'STATUS', 'CORES', 'ROUTES'],
      shown.hosts.map((host) => [
        host.name + (host.protected ? ' (protected)' : ''),
        host.block === undefined ? host.status : `${host.status}: ${blockText(host.block)}`,
        String(host.cores ?? '?'),
        host.routes.join(', '),
      ]),
      look,
    ),
    '',
    ...shown.hosts.flatMap(({ name, astray = [] }) =>
      astray.map(
        ({ route, machine, since }) => show`set aside ${name}: ${route} led to ${machine ?? 'a machine that nobody knows'}, since ${since}`,
      ),
    ),
    ...shown.runs.map((run) => show`run       ${run.id}  ${run.playbook}  ${run.status}  ${run.startedAt}`),
    binhost.status === 'elsewhere'
      ? show`binhost   ${binhost.id}`
      : show`binhost   ${binhost.id}  ${binhost.packages} packages, ${prettyBytes(binhost.size, { binary: true })}`,
    show`next      ${shown.next}`,
  ]);
  return 0;
}
