import { fingerprint, type Host, routeText } from '../../core/host.ts';
import { activeBlock, blockText } from '../../fleet/blocks/block-text.ts';
import { reach } from '../../fleet/connection/connectors.ts';
import { routePlace } from '../../fleet/project/find-inventory-entry.ts';
import { chosen, openProject, type Project } from '../../fleet/project/project.ts';
import type { RouteReport } from '../../remote/connect/connect.ts';
import { verify } from '../../remote/connect/verify-routes.ts';
import { type Display, show } from '../../report/text/display-text.ts';
import { cells } from '../../report/text/table.ts';
import type { Everywhere } from '../options.ts';
import { print } from '../output.ts';
import { oneHost } from './block.ts';

const stateOf = (host: Host): string => {
  if (activeBlock(host)) return 'blocked';
  return host.identity === undefined && host.routes[0].kind !== 'here' ? 'untrusted' : 'trusted';
};

/** `swarm hosts list`: from the files only, no host is asked. */
export async function listCommand(pattern: string | undefined, options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const whole = pattern === undefined && options.limit === undefined; // a new project has no hosts, and that is no error
  const asked = whole ? project.inventory.hosts.filter((host) => host.routes[0].kind !== 'here') : chosen(project, pattern, options);
  const hosts = asked.map((host) => ({
    name: host.name,
    status: stateOf(host),
    groups: host.groups,
    protected: host.protected,
    routes: host.routes.map(routeText),
    ...(host.cores === undefined ? {} : { cores: host.cores }),
    ...(host.block === undefined ? {} : { block: host.block }),
  }));
  print(options, { hosts }, (look) =>
    cells(
      ['HOST', 'STATUS', 'GROUPS', 'ROUTES'],
      hosts.map((host) => [
        host.name + (host.protected ? ' (protected)' : ''),
        host.block === undefined ? host.status : `${host.status}: ${blockText(host.block)}`,
        host.groups.join(' '),
        host.routes.join(', '),
      ]),
      look,
    ),
  );
  return 0;
}

/** `swarm hosts show NAME`. */
export async function showCommand(name: string, options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const host = oneHost(project, name);
  const shown = {
    name: host.name,
    status: stateOf(host),
    groups: host.groups,
    protected: host.protected,
    routes: host.routes.map(routeText),
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
  print(options, { hosts: [shown] }, () => [
    show`${shown.name}   ${shown.status}${shown.protected ? '   protected' : ''}`,
    ...field('groups', [shown.groups.join(' ') || 'none']),
    ...field('routes', shown.routes),
    ...field('login', [`${shown.login.user}, ${shown.login.keys.join(', ')}${become}`]),
    ...field(
      'identity',
      shown.identity?.fingerprints ?? [host.routes[0].kind === 'here' ? 'this machine' : `never trusted: swarm hosts trust ${host.name}`],
    ),
    ...field('machine', shown.identity?.machineId ? [`${shown.identity.machineId.slice(0, 16)}… (hash of its machine-id)`] : []),
    ...field('block', host.block === undefined ? [] : [blockText(host.block)]),
    ...field(
      'size',
      [
        host.cores === undefined ? '' : `${host.cores} cores`,
        host.memory === undefined ? '' : `${Math.round(host.memory / 2 ** 30)} GiB`,
      ].filter(Boolean),
    ),
    ...field(
      'vars',
      Object.entries(host.vars).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    ),
  ]);
  return 0;
}

const field = (name: string, texts: readonly string[]): readonly Display[] =>
  texts.map((text, at) => show`${(at === 0 ? name : '').padEnd(10)}${text}`);

/** `swarm hosts verify`: every route of every host proves itself; nothing of yours is run. Exit 7 where a route leads elsewhere. */
export async function verifyCommand(pattern: string | undefined, options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const hosts = chosen(project, pattern, options).filter((host) => pattern !== undefined || host.routes[0].kind !== 'here');
  const plan = reach(project); // one for all: hosts behind one jump share the way to it
  const verdicts = await Promise.all(
    hosts.map(async (host) => {
      const reports = await verify(host, plan, stop.signal);
      return { name: host.name, status: verdict(reports), reports };
    }),
  );
  const shown = verdicts.map(({ name, status, reports }) => ({ name, status, routes: reports.map(routeJson) }));
  print(options, { hosts: shown }, (look) =>
    verdicts.flatMap(({ name, status, reports }) => [
      show`${name}   ${status}`,
      ...cells(
        undefined,
        reports.map(({ route, ...report }) => [
          `  ${routeText(route)}`,
          report.status,
          report.error?.message ?? `${report.fingerprint ?? ''}`,
        ]),
        look,
      ),
      ...new Set(reports.flatMap((report, at) => mending(report, project, options, at))),
    ]),
  );
  const found = new Set(verdicts.map(({ status }) => status));
  return found.has('misdirected') || found.has('untrusted') ? 7 : found.has('unreachable') ? 4 : 0;
}

/** The worst that matters: a route that leads elsewhere, whoever answers there; a host is reachable while one route proves it. */
export function verdict(reports: readonly RouteReport[]): RouteReport['status'] {
  const has = (status: RouteReport['status']): boolean => reports.some((report) => report.status === status);
  if (has('misdirected')) return 'misdirected';
  if (reports.some(({ status, error }) => status === 'untrusted' && error?.code !== 'SW1305')) return 'untrusted';
  if (has('proven')) return 'proven';
  return has('untrusted') ? 'untrusted' : 'unreachable';
}

/** Which machine would have been hit, where the route is written, and what to do about it. */
function mending(report: RouteReport, project: Project, options: Everywhere, at: number): readonly Display[] {
  const { host, route, machine, status, error } = report;
  if (error?.hint === undefined) return [];
  if (status !== 'misdirected' || machine === undefined) return [show`  hint: ${error.hint}`];
  const place = routePlace(project, options, host, at);
  const guarded = project.inventory.hosts.find((each) => each.name === machine)?.protected === true;
  return [
    show`  ${routeText(route)} would have hit ${machine}${guarded ? ', which is protected' : ''}. No command was sent, no login offered.`,
    ...(place === undefined ? [] : [show`  it stands in ${place.file}:${place.line}: ${place.text.trim()}`]),
    show`  hint: remove this route of ${host}, or write the way behind ${machine}: { jump: { via: ${machine}, address: ADDRESS } }`,
  ];
}

const routeJson = ({ route, status, machine, fingerprint, ms, error }: RouteReport) => ({
  route: routeText(route),
  status,
  ...(machine === undefined ? {} : { machine }),
  ...(fingerprint === undefined ? {} : { fingerprint }),
  ms: Math.round(ms),
  ...(error === undefined ? {} : { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }),
});
