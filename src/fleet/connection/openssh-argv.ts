import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { isSshRoute, type Route } from '../../core/inventory/route.ts';
import { homeFolder } from '../../core/program/account.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { requireLoginUser } from '../../remote/ssh/login-user.ts';
import type { Project } from '../project/project.ts';

/** What the argument list of ssh is made from; `findRoute` finds the proven route of a jump host. */
export interface OpensshContext {
  readonly project: Project;
  readonly connectOptions: ConnectOptions;
  findRoute(host: Host): Promise<Route>;
}

/** The argument list that opens a shell on the host, or runs `words` there, with a terminal if asked for, over a route that was proven just now. */
export async function buildOpensshArgv(
  host: Host,
  route: Route,
  words: readonly string[],
  terminal: boolean,
  context: OpensshContext,
): Promise<readonly [string, ...string[]]> {
  if (route.kind === 'here') return (words.length > 0 ? words : [process.env['SHELL'] ?? 'sh']) as [string, ...string[]];
  if (!isSshRoute(route)) return [...route.argv, ...(words.length > 0 ? words : ['sh'])];
  const tty = terminal ? ['-t'] : [];
  return [...(await buildSshArgv(host, route, context, [])), ...tty, '--', sshAddress(host, route, context.connectOptions), ...words];
}

type AddressedRoute = Extract<Route, { readonly address: string }>;

const sshSettings = (host: Host, { address }: AddressedRoute, { sshConfig }: ConnectOptions) =>
  sshConfig.settings({ name: host.name, address, user: host.login.user });
const sshAddress = (host: Host, route: AddressedRoute, connectOptions: ConnectOptions): string =>
  (route.kind === 'jump' ? undefined : sshSettings(host, route, connectOptions).hostName) ?? route.address;

/** ssh and its options: what swarm itself would do, and nothing that a configuration file adds, so that the pins alone decide. */
async function buildSshArgv(
  host: Host,
  route: AddressedRoute,
  context: OpensshContext,
  pendingHosts: readonly string[],
): Promise<[string, ...string[]]> {
  const { project, connectOptions } = context;
  const { identityFiles, identityAgent, identitiesOnly, proxyJump } = sshSettings(host, route, connectOptions);
  const via = route.kind === 'jump' ? route.via : proxyJump.at(-1)?.replace(/^.*@|:\d+$/g, '');
  const files = [
    ...host.login.keys.flatMap((key) => (key.from === 'file' ? [key.path.replace(/^~(?=\/)/, homeFolder())] : [])),
    ...identityFiles,
  ];
  const sshOptions: readonly (readonly [string, string])[] = [
    ['HostKeyAlias', host.name],
    ['UserKnownHostsFile', `"${project.pinsFile.replaceAll('%', '%%')}"`],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['StrictHostKeyChecking', 'yes'],
    ['UpdateHostKeys', 'no'],
    ['CheckHostIP', 'no'],
    ['ServerAliveInterval', '15'],
    ...(identitiesOnly ? [['IdentitiesOnly', 'yes'] as const] : []),
    ...(identityAgent === undefined ? [] : [['IdentityAgent', `"${identityAgent}"`] as const]),
    ...(via === undefined
      ? []
      : [
          [
            'ProxyCommand',
            await buildProxyCommand(via, formatTarget(sshAddress(host, route, connectOptions), route.port), context, [
              ...pendingHosts,
              host.name,
            ]),
          ] as const,
        ]),
  ];
  return [
    'ssh',
    '-F',
    'none',
    ...sshOptions.flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ...files.flatMap((file) => ['-i', file.replaceAll('%', '%%')]),
    '-p',
    String(route.port),
    '-l',
    requireLoginUser(host),
  ];
}

const formatTarget = (address: string, port: number): string => `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** The jump host is a host like any other: proved on its own, over whichever of its routes leads to it, however many jumps that takes. */
async function buildProxyCommand(via: string, target: string, context: OpensshContext, pendingHosts: readonly string[]): Promise<string> {
  const { project, connectOptions, findRoute } = context;
  const jump = project.inventory.hosts.find((host) => host.name === via);
  if (jump === undefined || pendingHosts.includes(via)) throw new SwarmError('SW1304', `the jump over ${via} leads nowhere`);
  const route = await findRoute(jump);
  if (!isSshRoute(route)) throw new SwarmError('SW1304', `the jump over ${via} is reached by no ssh route`);
  const words = [...(await buildSshArgv(jump, route, context, pendingHosts)), '-W', target, '--', sshAddress(jump, route, connectOptions)];
  return words.map(quoteWord).join(' ').replaceAll('%', '%%'); // ssh expands its tokens once at each hop
}
