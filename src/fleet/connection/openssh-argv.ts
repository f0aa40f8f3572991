import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { isSshRoute, type Route } from '../../core/inventory/route.ts';
import { homeFolder } from '../../core/program/account.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { findConfigJump } from '../../remote/connect/jump/find-config-jump.ts';
import { findSshSettings, type JumpPath, type SshRoute } from '../../remote/connect/route-stream.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { requireLoginUser } from '../../remote/ssh/login-user.ts';
import type { JumpHop } from '../../remote/ssh-config/jump-hop.ts';
import type { SshSettings } from '../../remote/ssh-config/ssh-config.ts';
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

type SshOptions = Pick<ConnectOptions, 'sshConfig'>;

const sshAddress = (host: Host, route: SshRoute, options: SshOptions): string =>
  findSshSettings(host, route, options).hostName ?? route.address;

/** Where ssh finds the key that a host must show. */
interface KnownKeys {
  readonly alias: string;
  readonly files: readonly string[];
}

/** ssh and its options: what swarm itself would do, and nothing that a configuration file adds, so that the pins alone decide. */
async function buildSshArgv(
  host: Host,
  route: SshRoute,
  context: OpensshContext,
  pendingHosts: readonly string[],
  options: SshOptions = context.connectOptions,
  known: KnownKeys = { alias: host.name, files: [context.project.pinsFile] },
): Promise<[string, ...string[]]> {
  const settings = findSshSettings(host, route, options);
  const { proxyJump, user } = settings;
  const via = route.kind === 'jump' ? route.via : proxyJump.length === 0 ? undefined : proxyJump;
  const target = formatTarget(sshAddress(host, route, options), route.port);
  const jump = via === undefined ? undefined : await buildProxyCommand(via, target, context, [...pendingHosts, host.name]);
  const sshOptions: Readonly<Record<string, string | undefined>> = {
    HostKeyAlias: known.alias,
    UserKnownHostsFile: known.files.map((file) => `"${file.replaceAll('%', '%%')}"`).join(' '),
    ...FIXED_OPTIONS,
    ...loginOptions(settings),
    ProxyCommand: jump,
  };
  return [
    'ssh',
    '-F',
    'none',
    ...Object.entries(sshOptions).flatMap(([key, value]) => (value === undefined ? [] : ['-o', `${key}=${value}`])),
    ...listKeyFiles(host, settings).flatMap((file) => ['-i', file.replaceAll('%', '%%')]),
    '-p',
    String(route.port),
    '-l',
    requireLoginUser(host, user),
  ];
}

const FIXED_OPTIONS = {
  GlobalKnownHostsFile: '/dev/null',
  StrictHostKeyChecking: 'yes',
  UpdateHostKeys: 'no',
  CheckHostIP: 'no',
  ServerAliveInterval: '15',
};

const loginOptions = ({ addressFamily, bindAddress, identitiesOnly, identityAgent }: SshSettings) => ({
  AddressFamily: addressFamily === undefined ? undefined : addressFamily === 4 ? 'inet' : 'inet6',
  BindAddress: bindAddress,
  IdentitiesOnly: identitiesOnly ? 'yes' : undefined,
  IdentityAgent: identityAgent === undefined ? undefined : `"${identityAgent}"`,
});

const listKeyFiles = ({ login }: Host, { identityFiles }: SshSettings): readonly string[] => [
  ...login.keys.flatMap((key) => (key.from === 'file' ? [key.path.replace(/^~(?=\/)/, homeFolder())] : [])),
  ...identityFiles,
];

const formatTarget = (address: string, port: number): string => `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** The jump host is a host like any other: proved on its own, over whichever of its routes leads to it, however many jumps that takes. */
async function buildProxyCommand(via: JumpPath, target: string, context: OpensshContext, pendingHosts: readonly string[]): Promise<string> {
  const { project, connectOptions, findRoute } = context;
  const name = typeof via === 'string' ? via : (via.at(-1)?.host ?? '');
  const jump = project.inventory.hosts.find((host) => host.name === name);
  if ((jump === undefined && typeof via === 'string') || pendingHosts.includes(name))
    throw new SwarmError('SW1304', `the jump over ${name} leads nowhere`);
  const words = [...(jump === undefined ? await buildConfigJump(via as readonly JumpHop[]) : await buildInventoryJump(jump))];
  return words.map(quoteWord).join(' ').replaceAll('%', '%%'); // ssh expands its tokens once at each hop

  async function buildInventoryJump(host: Host): Promise<readonly string[]> {
    const route = await findRoute(host);
    if (!isSshRoute(route)) throw new SwarmError('SW1304', `the jump over ${name} is reached by no ssh route`);
    return [...(await buildSshArgv(host, route, context, pendingHosts)), '-W', target, '--', sshAddress(host, route, connectOptions)];
  }

  async function buildConfigJump(hops: readonly JumpHop[]): Promise<readonly string[]> {
    const { host, route, options, knownNames, knownHostsFiles } = findConfigJump(hops, connectOptions);
    const known = { alias: knownNames[0] ?? host.name, files: knownHostsFiles };
    const argv = await buildSshArgv(host, route, context, [...pendingHosts, name], options, known);
    return [...argv, '-W', target, '--', sshAddress(host, route, options)];
  }
}
