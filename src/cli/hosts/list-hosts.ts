import { fingerprint, formatRoute, type Host } from '../../core/host.ts';
import { formatBlock, hasActiveBlock } from '../../fleet/blocks/block-text.ts';
import { makeConnectOptions } from '../../fleet/connection/connectors.ts';
import { findRouteSpan } from '../../fleet/project/find-inventory-entry.ts';
import { findHost, findHosts, openProject, type Project } from '../../fleet/project/project.ts';
import type { RouteReport } from '../../remote/connect/connect.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';

const trustStatus = (host: Host): string => {
  if (hasActiveBlock(host)) return 'blocked';
  return host.identity === undefined && host.routes[0].kind !== 'here' ? 'untrusted' : 'trusted';
};

/** `swarm hosts list`: from the files only, no host is asked. */
export async function listHostsCommand(pattern: string | undefined, options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const listsAll = pattern === undefined && options.limit === undefined; // a new project has no hosts, and that is no error
  const selected = listsAll
    ? project.inventory.hosts.filter((host) => host.routes[0].kind !== 'here')
    : findHosts(project, pattern, options);
  const hosts = selected.map((host) => ({
    name: host.name,
    status: trustStatus(host),
    groups: host.groups,
    protected: host.protected,
    routes: host.routes.map(formatRoute),
    ...(host.cores === undefined ? {} : { cores: host.cores }),
    ...(host.block === undefined ? {} : { block: host.block }),
  }));
  printResult(options, { hosts }, (look) =>
    formatTextTable(
      ['HOST', 'STATUS', 'GROUPS', 'ROUTES'],
      hosts.map((host) => [
        host.name + (host.protected ? ' (protected)' : ''),
        host.block === undefined ? host.status : `${host.status}: ${formatBlock(host.block)}`,
        host.groups.join(' '),
        host.routes.join(', '),
      ]),
      look,
    ),
  );
  return 0;
}

/** `swarm hosts show NAME`. */
export async function showHostCommand(name: string, options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const host = findHost(project, name);
  const shown = {
    name: host.name,
    status: trustStatus(host),
    groups: host.groups,
    protected: host.protected,
    routes: host.routes.map(formatRoute),
    login: {
      user: host.login.user,
      keys: host.login.keys.map((key) => (key.from === 'agent' ? 'agent' : key.path)),
      become: host.login.become ?? null,
    },
    identity:
      host.identity === undefined
        ? null
        : {
            fingerprints: host.identity.hostKeys.map((key) => `${key.type} ${fingerprint(key.blob)}`),
            machineId: host.identity.machineId ?? null,
          },
    block: host.block ?? null,
    cores: host.cores ?? null,
    memory: host.memory ?? null,
    vars: host.vars,
  };
  const become = host.login.become === undefined ? '' : `, then ${host.login.become.method} to ${host.login.become.user}`;
  printResult(options, { hosts: [shown] }, () => [
    displayText`${shown.name}   ${shown.status}${shown.protected ? '   protected' : ''}`,
    ...formatField('groups', [shown.groups.join(' ') || 'none']),
    ...formatField('routes', shown.routes),
    ...formatField('login', [`${shown.login.user}, ${shown.login.keys.join(', ')}${become}`]),
    ...formatField(
      'identity',
      shown.identity?.fingerprints ?? [host.routes[0].kind === 'here' ? 'this machine' : `never trusted: swarm hosts trust ${host.name}`],
    ),
    ...formatField('machine', shown.identity?.machineId ? [`${shown.identity.machineId.slice(0, 16)}… (hash of its machine-id)`] : []),
    ...formatField('block', host.block === undefined ? [] : [formatBlock(host.block)]),
    ...formatField(
      'size',
      [
        host.cores === undefined ? '' : `${host.cores} cores`,
        host.memory === undefined ? '' : `${Math.round(host.memory / 2 ** 30)} GiB`,
      ].filter(Boolean),
    ),
    ...formatField(
      'vars',
      Object.entries(host.vars).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    ),
  ]);
  return 0;
}

const formatField = (name: string, texts: readonly string[]): readonly DisplayText[] =>
  texts.map((text, at) => displayText`${(at === 0 ? name : '').padEnd(10)}${text}`);

/** `swarm hosts verify`: every route of every host proves itself; nothing of yours is run. Exit 7 where a route leads elsewhere. */
export async function verifyHostsCommand(pattern: string | undefined, options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const hosts = findHosts(project, pattern, options).filter((host) => pattern !== undefined || host.routes[0].kind !== 'here');
  const connectOptions = makeConnectOptions(project); // one for all: hosts behind one jump share the way to it
  const verdicts = await Promise.all(
    hosts.map(async (host) => {
      const reports = await verifyRoutes(host, connectOptions, stop.signal);
      return { name: host.name, status: summarizeRouteReports(reports), reports };
    }),
  );
  const shown = verdicts.map(({ name, status, reports }) => ({ name, status, routes: reports.map(routeReportJson) }));
  printResult(options, { hosts: shown }, (look) =>
    verdicts.flatMap(({ name, status, reports }) => [
      displayText`${name}   ${status}`,
      ...formatTextTable(
        undefined,
        reports.map(({ route, ...report }) => [
          `  ${formatRoute(route)}`,
          report.status,
          report.error?.message ?? `${report.fingerprint ?? ''}`,
        ]),
        look,
      ),
      ...new Set(reports.flatMap((report, at) => formatRouteAdvice(report, project, options, at))),
    ]),
  );
  const statuses = new Set(verdicts.map(({ status }) => status));
  return statuses.has('misdirected') || statuses.has('untrusted') ? 7 : statuses.has('unreachable') ? 4 : 0;
}

/** The worst that matters: a route that leads elsewhere, whoever answers there; a host is reachable while one route proves it. */
export function summarizeRouteReports(reports: readonly RouteReport[]): RouteReport['status'] {
  const has = (status: RouteReport['status']): boolean => reports.some((report) => report.status === status);
  if (has('misdirected')) return 'misdirected';
  if (reports.some(({ status, error }) => status === 'untrusted' && error?.code !== 'SW1305')) return 'untrusted';
  if (has('proven')) return 'proven';
  return has('untrusted') ? 'untrusted' : 'unreachable';
}

/** Which machine would have been hit, where the route is written, and what to do about it. */
function formatRouteAdvice(report: RouteReport, project: Project, options: GlobalOptions, at: number): readonly DisplayText[] {
  const { host, route, machine, status, error } = report;
  if (error?.hint === undefined) return [];
  if (status !== 'misdirected' || machine === undefined) return [displayText`  hint: ${error.hint}`];
  const span = findRouteSpan(project, options, host, at);
  const isProtected = project.inventory.hosts.find((each) => each.name === machine)?.protected === true;
  return [
    displayText`  ${formatRoute(route)} would have hit ${machine}${isProtected ? ', which is protected' : ''}. No command was sent, no login offered.`,
    ...(span === undefined ? [] : [displayText`  it stands in ${span.file}:${span.line}: ${span.text.trim()}`]),
    displayText`  hint: remove this route of ${host}, or write the way behind ${machine}: { jump: { via: ${machine}, address: ADDRESS } }`,
  ];
}

const routeReportJson = ({ route, status, machine, fingerprint, ms, error }: RouteReport) => ({
  route: formatRoute(route),
  status,
  ...(machine === undefined ? {} : { machine }),
  ...(fingerprint === undefined ? {} : { fingerprint }),
  ms: Math.round(ms),
  ...(error === undefined ? {} : { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }),
});
