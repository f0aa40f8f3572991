import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import type { GlobalOptions } from '../../cli/options.ts';
import { printResult } from '../../cli/output.ts';
import { formatRoute, type Host } from '../../core/host.ts';
import { diskStore } from '../../gentoo/binhost/disk-store.ts';
import { readBinhostIndex } from '../../gentoo/binhost/index-file.ts';
import { listRuns, type RunSummary, readRunState } from '../../journal/read-journal.ts';
import { type MisdirectedRoute, readRouteMemory } from '../../journal/route-memory.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import { formatBlock, hasActiveBlock, parseBlockEnd } from '../blocks/block-text.ts';
import { openProject, type Project } from '../project/project.ts';

/** Everything that the project knows without asking a host, and the one command to type next. */
export async function collectOverview(project: Project) {
  const runs = listRuns(project.runsDir);
  const now = new Date();
  const { misdirected } = readRouteMemory(dirname(project.runsDir), now.getTime());
  const hosts = project.inventory.hosts
    .filter((host) => host.routes[0].kind !== 'here')
    .map((host) => ({
      name: host.name,
      status: hostStatus(host, misdirected.get(host.name) ?? [], now),
      cores: host.cores ?? findLastCores(runs, host.name),
      protected: host.protected,
      routes: host.routes.map(formatRoute),
      ...(host.block === undefined ? {} : { block: host.block }),
      ...(misdirected.has(host.name)
        ? { astray: (misdirected.get(host.name) ?? []).map(({ route, machine, since }) => ({ route, machine: machine ?? null, since })) }
        : {}),
    }));
  const binhost = await summarizeBinhost(project);
  return {
    hosts,
    runs: runs
      .slice(0, 5)
      .map(({ run, playbook, status, startedAt, exit }) => ({ id: run, playbook, status, startedAt, exit: exit ?? null })),
    binhost,
    next: suggestNextCommand(project.inventory.hosts, hosts, runs, binhost),
  };
}

/** misdirected: a route led to another machine, and was not seen to lead to the host since. */
function hostStatus(host: Host, misdirected: readonly MisdirectedRoute[], now: Date): 'blocked' | 'untrusted' | 'misdirected' | 'trusted' {
  if (hasActiveBlock(host, now)) return 'blocked';
  if (host.identity === undefined) return 'untrusted';
  return misdirected.length > 0 ? 'misdirected' : 'trusted';
}

function findLastCores(runs: readonly RunSummary[], name: string): number | undefined {
  for (const { file } of runs.slice(0, 3)) {
    const cores = readRunState(file).hosts[name]?.cores;
    if (cores !== undefined) return cores;
  }
  return undefined;
}

async function summarizeBinhost({ inventory: { binhost } }: Project) {
  if (binhost.host !== undefined) return { id: `${binhost.host}:${binhost.path}`, status: 'elsewhere', packages: 0, size: 0 };
  if (!existsSync(join(binhost.path, 'Packages'))) return { id: binhost.path, status: 'empty', packages: 0, size: 0 };
  const { packages } = await readBinhostIndex(diskStore(binhost.path));
  const size = packages.reduce((sum, stanza) => sum + Number(stanza.get('SIZE') ?? 0), 0);
  return { id: binhost.path, status: 'ok', packages: packages.length, size };
}

interface HostSummary {
  readonly name: string;
  readonly status: string;
}

/** The most urgent first: what runs, what cannot be used, what was cut off, what failed. */
function suggestNextCommand(
  all: readonly Host[],
  hosts: readonly HostSummary[],
  runs: readonly RunSummary[],
  binhost: { readonly status: string },
): string {
  const [last] = runs;
  const untrusted = findFirstToTrust(all);
  const misdirectedHost = hosts.find(({ status }) => status === 'misdirected');
  const expiredBlock = all.find((host) => host.block !== undefined && parseBlockEnd(host.block.until) <= Date.now());
  if (hosts.length === 0) return 'write your hosts into inventory/swarm.yml, or: swarm hosts discover';
  if (last?.status === 'running') return `swarm runs watch ${last.run}`;
  if (untrusted !== undefined) return `swarm hosts trust ${untrusted.name}`;
  if (misdirectedHost !== undefined) return `swarm hosts verify ${misdirectedHost.name}`;
  if (last?.status === 'interrupted') return `swarm runs resume ${last.run}`;
  if (last?.status === 'failed') return `swarm runs logs ${last.run} --errors`;
  if (expiredBlock !== undefined) return `swarm hosts unblock ${expiredBlock.name}`;
  return binhost.status === 'empty' ? 'swarm run build CATEGORY/PACKAGE' : 'nothing to do';
}

/** A jump host before what lies behind it. */
function findFirstToTrust(hosts: readonly Host[]): Host | undefined {
  const untrusted = hosts.filter((host) => host.identity === undefined && host.routes[0].kind !== 'here');
  const isBehindUntrusted = (host: Host): boolean =>
    host.routes.some((route) => route.kind === 'jump' && untrusted.some(({ name }) => name === route.via));
  return untrusted.find((host) => !isBehindUntrusted(host)) ?? untrusted[0];
}

/** `swarm status`. */
export async function statusCommand(options: GlobalOptions): Promise<number> {
  const shown = await collectOverview(await openProject(options));
  const { binhost } = shown;
  printResult(options, shown, (look) => [
    ...formatTextTable(
      ['HOST', 'STATUS', 'CORES', 'ROUTES'],
      shown.hosts.map((host) => [
        host.name + (host.protected ? ' (protected)' : ''),
        host.block === undefined ? host.status : `${host.status}: ${formatBlock(host.block)}`,
        String(host.cores ?? '?'),
        host.routes.join(', '),
      ]),
      look,
    ),
    '',
    ...shown.hosts.flatMap(({ name, astray = [] }) =>
      astray.map(
        ({ route, machine, since }) =>
          displayText`set aside ${name}: ${route} led to ${machine ?? 'a machine that nobody knows'}, since ${since}`,
      ),
    ),
    ...shown.runs.map((run) => displayText`run       ${run.id}  ${run.playbook}  ${run.status}  ${run.startedAt}`),
    binhost.status === 'elsewhere'
      ? displayText`binhost   ${binhost.id}`
      : displayText`binhost   ${binhost.id}  ${binhost.packages} packages, ${prettyBytes(binhost.size, { binary: true })}`,
    displayText`next      ${shown.next}`,
  ]);
  return 0;
}
