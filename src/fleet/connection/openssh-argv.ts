import { spawn } from 'node:child_process';
import { constants, homedir } from 'node:os';
import { findHost } from '../../cli/hosts/block.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { fileError, SwarmError } from '../../core/error.ts';
import type { Host, Route } from '../../core/host.ts';
import { formatRoute } from '../../core/host.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { displayText } from '../../report/text/display-text.ts';
import { openProject, type Project } from '../project/project.ts';
import { isSshRoute } from '../trust/offered-keys.ts';
import { makeConnectOptions } from './connectors.ts';

/** `swarm hosts ssh NAME`: plain ssh over the first route that proves itself, held to the same pins, through jumps that are held to theirs. */
export async function sshCommand(name: string, words: readonly string[], options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const host = findHost(project, name);
  const connectOptions = makeConnectOptions(project);
  const route = await findProvenRoute(host, connectOptions);
  if (options.verbose > 0) process.stderr.write(`${displayText`swarm: ${name} proved itself over ${formatRoute(route)}`}\n`);
  const [program, ...args] = await buildArgv(host, route, { project, connectOptions, words });
  const ignoreSignal = (): void => {}; // Ctrl-C is for the shell there
  process.on('SIGINT', ignoreSignal);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', (error) => reject(fileError(error, program)));
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignoreSignal);
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']);
    });
  });
}

/** The first route, in the order of the inventory, that leads to the machine; the others that answer wrongly are told. */
async function findProvenRoute(host: Host, connectOptions: ConnectOptions): Promise<Route> {
  const reports = await verifyRoutes(host, connectOptions, new AbortController().signal);
  for (const { route, status, error } of reports)
    if (status === 'misdirected' && error !== undefined)
      process.stderr.write(`${displayText`swarm: ${formatRoute(route)}: ${error.message}`}\n`);
  const proven = reports.find((report) => report.status === 'proven');
  if (proven !== undefined) return proven.route;
  const worst =
    reports.find(({ status }) => status === 'misdirected') ?? reports.find(({ status }) => status === 'untrusted') ?? reports[0];
  throw worst?.error === undefined
    ? new SwarmError('SW2001', `${host.name} has no route`)
    : new SwarmError(worst.error.code, `${formatRoute(worst.route)}: ${worst.error.message}`, { host: host.name, hint: worst.error.hint });
}

interface ShellRequest {
  readonly project: Project;
  readonly connectOptions: ConnectOptions;
  readonly words: readonly string[];
}

async function buildArgv(
  host: Host,
  route: Route,
  { project, connectOptions: plan, words }: ShellRequest,
): Promise<readonly [string, ...string[]]> {
  if (route.kind === 'here') return (words.length > 0 ? words : [process.env['SHELL'] ?? 'sh']) as [string, ...string[]];
  if (!isSshRoute(route)) return [...route.argv, ...(words.length > 0 ? words : ['sh'])];
  const tty = words.length === 0 ? ['-t'] : [];
  return [...(await buildSshArgv(host, route, project, plan, [])), ...tty, '--', sshAddress(host, route, plan), ...words];
}

type AddressedRoute = Extract<Route, { readonly address: string }>;

const sshSettings = (host: Host, { address }: AddressedRoute, { sshConfig }: ConnectOptions) =>
  sshConfig.settings({ name: host.name, address, user: host.login.user });
const sshAddress = (host: Host, route: AddressedRoute, plan: ConnectOptions): string =>
  (route.kind === 'jump' ? undefined : sshSettings(host, route, plan).hostName) ?? route.address;

/** ssh and its options: what swarm itself would do, and nothing that a configuration file adds, so that the pins alone decide. */
async function buildSshArgv(
  host: Host,
  route: AddressedRoute,
  project: Project,
  connectOptions: ConnectOptions,
  pendingHosts: readonly string[],
): Promise<[string, ...string[]]> {
  const { identityFiles, identityAgent, identitiesOnly, proxyJump } = sshSettings(host, route, connectOptions);
  const via = route.kind === 'jump' ? route.via : proxyJump.at(-1)?.replace(/^.*@|:\d+$/g, '');
  const files = [
    ...host.login.keys.flatMap((key) => (key.from === 'file' ? [key.path.replace(/^~(?=\/)/, homedir())] : [])),
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
            await buildProxyCommand(via, sshAddress(host, route, connectOptions), route.port, {
              project,
              connectOptions,
              pendingHosts: [...pendingHosts, host.name],
            }),
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
    host.login.user,
  ];
}

interface JumpRequest {
  readonly project: Project;
  readonly connectOptions: ConnectOptions;
  readonly pendingHosts: readonly string[];
}

/** The jump host is a host like any: proved on its own, over whichever of its routes leads to it, however many jumps that takes. */
async function buildProxyCommand(
  via: string,
  address: string,
  port: number,
  { project, connectOptions: plan, pendingHosts: waiting }: JumpRequest,
): Promise<string> {
  const hop = project.inventory.hosts.find((host) => host.name === via);
  if (hop === undefined || waiting.includes(via)) throw new SwarmError('SW1304', `the jump over ${via} leads nowhere`);
  const route = await findProvenRoute(hop, plan);
  if (!isSshRoute(route)) throw new SwarmError('SW1304', `the jump over ${via} is reached by no ssh route`);
  const target = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const words = [...(await buildSshArgv(hop, route, project, plan, waiting)), '-W', target, '--', sshAddress(hop, route, plan)];
  return words.map(quoteWord).join(' ').replaceAll('%', '%%'); // ssh expands its tokens once at each hop
}
