import { spawn } from 'node:child_process';
import { constants, homedir } from 'node:os';
import { oneHost } from '../../cli/hosts/block.ts';
import type { Everywhere } from '../../cli/options.ts';
import { SwarmError } from '../../core/error.ts';
import type { Host, Route } from '../../core/host.ts';
import { routeText } from '../../core/host.ts';
import type { Reach } from '../../remote/connect/connect-options.ts';
import { verify } from '../../remote/connect/verify-routes.ts';
import { quote } from '../../remote/session/shell-text.ts';
import { show } from '../../report/text/display-text.ts';
import { openProject, type Project } from '../project/project.ts';
import { overSsh } from '../trust/offered-keys.ts';
import { reach } from './connectors.ts';

/** `swarm hosts ssh NAME`: plain ssh over the first route that proves itself, held to the same pins, through jumps that are held to theirs. */
export async function sshCommand(name: string, words: readonly string[], options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const host = oneHost(project, name);
  const plan = reach(project);
  const route = await provenRoute(host, plan);
  if (options.verbose > 0) process.stderr.write(`${show`swarm: ${name} proved itself over ${routeText(route)}`}\n`);
  const [program, ...args] = await argvFor(host, route, { project, plan, words });
  const deaf = (): void => {}; // Ctrl-C is for the shell there
  process.on('SIGINT', deaf);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', (error) =>
      reject(new SwarmError('SW5003', `${program} cannot be started here: ${error.message}`, { cause: error })),
    );
    child.once('exit', (code, signal) => {
      process.off('SIGINT', deaf);
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']);
    });
  });
}

/** The first route, in the order of the inventory, that leads to the machine; the others that answer wrongly are told. */
async function provenRoute(host: Host, plan: Reach): Promise<Route> {
  const reports = await verify(host, plan, new AbortController().signal);
  for (const { route, status, error } of reports)
    if (status === 'misdirected' && error !== undefined) process.stderr.write(`${show`swarm: ${routeText(route)}: ${error.message}`}\n`);
  const proven = reports.find((report) => report.status === 'proven');
  if (proven !== undefined) return proven.route;
  const worst =
    reports.find(({ status }) => status === 'misdirected') ?? reports.find(({ status }) => status === 'untrusted') ?? reports[0];
  throw worst?.error === undefined
    ? new SwarmError('SW2001', `${host.name} has no route`)
    : new SwarmError(worst.error.code, `${routeText(worst.route)}: ${worst.error.message}`, { host: host.name, hint: worst.error.hint });
}

interface Plan {
  readonly project: Project;
  readonly plan: Reach;
  readonly words: readonly string[];
}

async function argvFor(host: Host, route: Route, { project, plan, words }: Plan): Promise<readonly [string, ...string[]]> {
  if (route.kind === 'here') return (words.length > 0 ? words : [process.env['SHELL'] ?? 'sh']) as [string, ...string[]];
  if (!overSsh(route)) return [...route.argv, ...(words.length > 0 ? words : ['sh'])];
  const tty = words.length === 0 ? ['-t'] : [];
  return [...(await sshWords(host, route, project, plan, [])), ...tty, '--', addressOf(host, route, plan), ...words];
}

type Wired = Extract<Route, { readonly address: string }>;

const settingsOf = (host: Host, { address }: Wired, { sshConfig }: Reach) =>
  sshConfig.settings({ name: host.name, address, user: host.login.user });
const addressOf = (host: Host, route: Wired, plan: Reach): string =>
  (route.kind === 'jump' ? undefined : settingsOf(host, route, plan).hostName) ?? route.address;

/** ssh and its options: what swarm itself would do, and nothing that a configuration file adds, so that the pins alone decide. */
async function sshWords(
  host: Host,
  route: Wired,
  project: Project,
  plan: Reach,
  waiting: readonly string[],
): Promise<[string, ...string[]]> {
  const { identityFiles, identityAgent, identitiesOnly, proxyJump } = settingsOf(host, route, plan);
  const via = route.kind === 'jump' ? route.via : proxyJump.at(-1)?.replace(/^.*@|:\d+$/g, '');
  const files = [
    ...host.login.keys.flatMap((key) => (key.from === 'file' ? [key.path.replace(/^~(?=\/)/, homedir())] : [])),
    ...identityFiles,
  ];
  const held: readonly (readonly [string, string])[] = [
    ['HostKeyAlias', host.name],
    ['UserKnownHostsFile', `"${project.pins.replaceAll('%', '%%')}"`],
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
            await jumpCommand(via, addressOf(host, route, plan), route.port, { project, plan, waiting: [...waiting, host.name] }),
          ] as const,
        ]),
  ];
  return [
    'ssh',
    '-F',
    'none',
    ...held.flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ...files.flatMap((file) => ['-i', file.replaceAll('%', '%%')]),
    '-p',
    String(route.port),
    '-l',
    host.login.user,
  ];
}

interface Onward {
  readonly project: Project;
  readonly plan: Reach;
  readonly waiting: readonly string[];
}

/** The jump host is a host like any: proved on its own, over whichever of its routes leads to it, however many jumps that takes. */
async function jumpCommand(via: string, address: string, port: number, { project, plan, waiting }: Onward): Promise<string> {
  const hop = project.inventory.hosts.find((host) => host.name === via);
  if (hop === undefined || waiting.includes(via)) throw new SwarmError('SW1304', `the jump over ${via} leads nowhere`);
  const route = await provenRoute(hop, plan);
  if (!overSsh(route)) throw new SwarmError('SW1304', `the jump over ${via} is reached by no ssh route`);
  const goal = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const words = [...(await sshWords(hop, route, project, plan, waiting)), '-W', goal, '--', addressOf(hop, route, plan)];
  return words.map(quote).join(' ').replaceAll('%', '%%'); // ssh expands its tokens once at each hop
}
