import type { Command } from '../connection.ts';
import { ModuleError } from '../error/module-error.ts';
import type { HostName } from '../inventory/host-name.ts';
import type { Probe, Remote } from '../module.ts';
import { describeKind } from './module-form.ts';

/** A probe for code of a project: a wrong argument, or a use of what only `apply` has, is an error at the line of the module. */
export function checkedProbe(probe: Probe): Probe {
  const refusals = Object.entries(WRITE_HINTS).map(([name, hint]) => [name, { get: () => refuseWrite(name, hint) }] as const);
  return Object.create(probe, {
    ...readChecks(probe),
    ...Object.fromEntries(refusals),
    onHost: { value: async (name: HostName) => checkedProbe(await probe.onHost(name)) },
  });
}

/** The same for what `apply` gets. */
export function checkedRemote(remote: Remote): Remote {
  return Object.create(remote, {
    ...readChecks(remote),
    exec: {
      value: (command: Command, ...rest: [onLine?: Parameters<Remote['exec']>[1]]) =>
        remote.exec(checkCommand('remote.exec', command), ...rest),
    },
    open: { value: (command: Command) => remote.open(checkCommand('remote.open', command)) },
    write: {
      value: (path: string, content: Uint8Array | string, meta?: Parameters<Remote['write']>[2]) =>
        remote.write(checkPath('remote.write', path), toBytes(content, 'the content of remote.write'), meta),
    },
    onHost: { value: async (name: HostName) => checkedRemote(await remote.onHost(name)) },
  });
}

/** What a module gives as content: bytes, or a text, which is written as UTF-8. Throws SW6015 for anything else. */
export function toBytes(content: unknown, what: string): Uint8Array {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  if (content instanceof Uint8Array) return content;
  throw misuse(`${what} must be a text or bytes, not ${describeKind(content)}`, 'To write data, make a text of it: JSON.stringify(data)');
}

/** Words of a command. Throws SW6015 for a text, or for a word that is not a text. */
export function checkArgv<T extends readonly string[]>(what: string, argv: T): T {
  if (Array.isArray(argv) && argv.length > 0 && argv.every((word) => typeof word === 'string')) return argv;
  const wrong = Array.isArray(argv) ? argv.find((word) => typeof word !== 'string') : argv;
  const found = Array.isArray(argv) && argv.length === 0 ? 'an empty list' : describeKind(wrong);
  throw misuse(`${what} takes a list of texts, not ${found}`, "Write the words one by one: ['systemctl', 'restart', name]");
}

/** An absolute or relative path. Throws SW6015 for what is not a text. */
export function checkPath(what: string, path: string): string {
  if (typeof path === 'string' && path !== '') return path;
  throw misuse(
    `${what} takes a path, not ${path === '' ? 'an empty text' : describeKind(path)}`,
    'Check the argument that the path comes from.',
  );
}

/** The error for a wrong use of the toolkit. */
export const misuse = (message: string, hint: string): ModuleError => new ModuleError('SW6015', message, { hint });

const readChecks = (probe: Probe): PropertyDescriptorMap => ({
  read: { value: (path: string) => probe.read(checkPath('read', path)) },
  query: { value: (command: Command) => probe.query(checkCommand('query', command)) },
});

function checkCommand(what: string, command: Command): Command {
  if (typeof command !== 'object' || command === null || Array.isArray(command))
    throw misuse(`${what} takes { argv }, not ${describeKind(command)}`, `Write: ${what}({ argv: ['uname', '-r'] })`);
  checkArgv(`argv of ${what}`, command.argv);
  return typeof command.stdin === 'string' ? { ...command, stdin: toBytes(command.stdin, 'stdin') } : command;
}

const WRITE_HINTS = {
  write:
    'Write: return yield* ensureFileContent(probe, { path, content }). Or yield a change that calls remote.write(path, content) in its apply(remote).',
  exec: 'To read, call probe.query({ argv }). To change something, yield a change that calls runOrThrow(remote, argv, subject) in its apply(remote), or write: yield* runAsChange(probe, { argv, subject })',
  open: 'To read, call probe.query({ argv }). To send data, yield a change that calls remote.open({ argv }) in its apply(remote).',
  expose: 'Yield a change that calls remote.expose(port) in its apply(remote).',
  reconnect: 'Yield a change that calls remote.reconnect() in its apply(remote).',
  jobs: 'Yield a change that uses remote.jobs in its apply(remote).',
};

function refuseWrite(name: string, hint: string): never {
  throw misuse(`run only reads: the probe has no ${name}`, hint);
}
