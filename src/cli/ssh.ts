import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { SwarmError } from '../core/error.ts';
import type { Host, Route } from '../core/host.ts';
import { verify } from '../remote/verify.ts';
import type { Everywhere } from './options.ts';
import { chosen, openProject, type Project } from './project.ts';
import { reach } from './reach.ts';

/** `swarm hosts ssh NAME`: plain ssh over the first route that proves itself, held to the same pins. */
export async function sshCommand(name: string, words: readonly string[], options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const [host, second] = chosen(project, name, {});
  if (host === undefined || second !== undefined)
    throw new SwarmError('SW1202', `${name} is not one host`, { hint: 'swarm hosts ssh NAME' });
  const reports = await verify(host, reach(project), new AbortController().signal);
  const wrong = reports.find((report) => report.status === 'misdirected');
  if (wrong?.error !== undefined) process.stderr.write(`swarm: ${wrong.error.message}\n`);
  const proven = reports.find((report) => report.status === 'proven');
  if (proven === undefined) throw reports[0]?.error ?? new SwarmError('SW2001', `${name} has no route`, {});
  const [program, ...args] = argvFor(host, proven.route, project, words);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function argvFor(host: Host, route: Route, project: Project, words: readonly string[]): readonly [string, ...string[]] {
  const command = words.length > 0 ? words : [process.env['SHELL'] ?? 'sh'];
  if (route.kind === 'here') return command as [string, ...string[]];
  if (!overSsh(route)) return [...route.argv, ...(words.length > 0 ? words : ['sh'])];
  return ['ssh', ...sshOptions(host, route, project), route.address, ...words];
}

type SshRoute = Exclude<Route, { readonly kind: 'here' | 'command' }>;
const overSsh = (route: Route): route is SshRoute => route.kind !== 'here' && route.kind !== 'command';

/** Options for ssh that hold it to the pin of this name; a jump is a ProxyCommand with the options of its own host. */
function sshOptions(host: Host, route: SshRoute, project: Project): readonly string[] {
  const held = [
    ['HostKeyAlias', host.name],
    ['UserKnownHostsFile', project.pins],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['StrictHostKeyChecking', 'yes'],
    ['UpdateHostKeys', 'no'],
    ['CheckHostIP', 'no'],
  ];
  const keys = host.login.keys.flatMap((key) => (key.from === 'file' ? ['-i', key.path.replace(/^~(?=\/)/, homedir())] : []));
  return [
    ...held.flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ...(route.kind === 'jump' ? ['-o', `ProxyCommand=${jumpCommand(route.via, project)}`] : []),
    ...keys,
    '-p',
    String(route.port),
    '-l',
    host.login.user,
  ];
}

function jumpCommand(via: string, project: Project): string {
  const hop = project.inventory.hosts.find((host) => host.name === via);
  const route = hop?.routes.find(overSsh);
  if (hop === undefined || route === undefined) {
    throw new SwarmError('SW1304', `the jump over ${via} has no ssh route`, {});
  }
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  return ['ssh', ...sshOptions(hop, route, project), '-W', '[%h]:%p', route.address]
    .map((word) => (word === '[%h]:%p' ? word : quote(word).replaceAll('%', '%%')))
    .join(' ');
}
