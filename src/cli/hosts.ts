import { fingerprint, type Host, routeText } from '../core/host.ts';
import type { RouteReport } from '../remote/connect.ts';
import { verify } from '../remote/verify.ts';
import { cells } from '../report/table.ts';
import { activeBlock } from './blocks.ts';
import type { Everywhere } from './options.ts';
import { print } from './output.ts';
import { chosen, openProject } from './project.ts';
import { reach } from './reach.ts';

const stateOf = (host: Host): string => {
  if (activeBlock(host)) return 'blocked';
  return host.identity === undefined && host.routes[0].kind !== 'here' ? 'untrusted' : 'trusted';
};

/** `swarm hosts list`: from the files only, no host is asked. */
export async function listCommand(pattern: string | undefined, options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const hosts = chosen(project, pattern, options).map((host) => ({
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
        host.block === undefined ? host.status : `${host.status}: ${host.block.reason}, until ${host.block.until}`,
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
  const [host] = chosen(project, name, {});
  if (host === undefined) return 5;
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
  print(options, { hosts: [shown] }, () => [
    `${shown.name}   ${shown.status}${shown.protected ? '   protected' : ''}`,
    `groups    ${shown.groups.join(' ') || 'none'}`,
    ...shown.routes.map((route, at) => `${at === 0 ? 'routes' : '      '}    ${route}`),
    `login     ${shown.login.user}, ${shown.login.keys.join(', ')}${host.login.become ? `, then ${host.login.become.method} to ${host.login.become.user}` : ''}`,
    ...(shown.identity?.fingerprints ?? [`never trusted: swarm hosts trust ${host.name}`]).map(
      (text, at) => `${at === 0 ? 'identity' : '        '}  ${text}`,
    ),
    ...(shown.identity?.machineId ? [`machine   ${shown.identity.machineId.slice(0, 16)}… (hash of its machine-id)`] : []),
    ...(host.block === undefined ? [] : [`block     ${host.block.reason}, until ${host.block.until}`]),
    ...Object.entries(host.vars).map(([key, value]) => `vars      ${key} = ${JSON.stringify(value)}`),
  ]);
  return 0;
}

/** `swarm hosts verify`: every route of every host proves itself; nothing of yours is run. */
export async function verifyCommand(pattern: string | undefined, options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const hosts = chosen(project, pattern, options).filter((host) => pattern !== undefined || host.routes[0].kind !== 'here');
  const verdicts = await Promise.all(
    hosts.map(async (host) => {
      const reports = await verify(host, reach(project), stop.signal);
      return { name: host.name, status: verdict(reports), routes: reports.map(routeJson) };
    }),
  );
  print(options, { hosts: verdicts }, (look) =>
    verdicts.flatMap(({ name, status, routes }) => [
      `${name}   ${status}`,
      ...cells(
        undefined,
        routes.map((route) => [
          `  ${route.route}`,
          route.status,
          route.machine === undefined ? (route.message ?? '') : `answered by ${route.machine}`,
        ]),
        look,
      ),
      ...routes.flatMap((route) => (route.hint === undefined ? [] : [`    hint: ${route.hint}`])),
    ]),
  );
  const found = new Set(verdicts.map(({ status }) => status));
  return found.has('misdirected') || found.has('untrusted') ? 7 : found.has('unreachable') ? 4 : 0;
}

/** The worst that matters: a route that leads elsewhere, then trust; a host is reachable while one route proves it. */
function verdict(reports: readonly RouteReport[]): RouteReport['status'] {
  const statuses = reports.map((report) => report.status);
  for (const status of ['misdirected', 'proven', 'untrusted'] as const) if (statuses.includes(status)) return status;
  return 'unreachable';
}

const routeJson = ({ route, status, machine, fingerprint, ms, error }: RouteReport) => ({
  route: routeText(route),
  status,
  ...(machine === undefined ? {} : { machine }),
  ...(fingerprint === undefined ? {} : { fingerprint }),
  ms,
  ...(error === undefined ? {} : { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }),
});
