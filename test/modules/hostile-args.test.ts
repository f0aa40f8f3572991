import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../../src/core/connection.ts';
import type { AnyModule, Remote } from '../../src/core/module.ts';
import { moduleSource } from '../../src/engine/module-source.ts';
import { SwarmError } from '../../src/index.ts';
import { driveModule } from './local-host.ts';
import { moduleCases } from './module-cases.ts';

const MARK = 'h0stile';
const hostile = [
  `a\n${MARK}`,
  `$(${MARK})`,
  `\`${MARK}\``,
  `'; ${MARK} #`,
  `"; ${MARK} "`,
  `-${MARK}`,
  `/${MARK}\0x`,
  `/${MARK}\uFFFD\u202E`,
];
/** The text of the task is a text for a shell: that is what these are for. */
const shellArgs = ['shell cmd', 'raw cmd'];

const source = moduleSource();
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-hostile-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const argNames = (module: AnyModule): readonly string[] =>
  Object.keys((module.args as unknown as { readonly shape?: Readonly<Record<string, unknown>> }).shape ?? {});

/** A host that starts nothing, and notes the shell texts with the mark in them. */
function deadHost(remote: Remote, found: string[]): Remote {
  const note = ({ argv }: Command) => {
    const at = argv.findIndex((word, i) => /^(?:-c|-ec)$/.test(word) && /(?:^|\/)\w*sh$/.test(argv[i - 1] ?? ''));
    const text = at < 0 ? undefined : argv[at + 1];
    if (text?.includes(MARK)) found.push(text);
  };
  const end = async (command: Command) => {
    note(command);
    return { exit: 1, stdout: '', stderr: 'nothing runs here', ms: 0 };
  };
  return { ...remote, read: async () => undefined, write: async () => undefined, query: end, exec: end };
}

test.each(source.names)('%s puts no value into the text of a shell', async (name) => {
  const module = await source.load(name);
  const prepare = moduleCases[name];
  if (module === undefined || prepare === undefined) throw new Error(`no case for ${name}`);
  const { args, remote } = await prepare(dir);
  const given = args as Readonly<Record<string, unknown>>;
  for (const key of argNames(module).filter((arg) => !shellArgs.includes(`${name} ${arg}`)))
    for (const text of hostile)
      for (const value of [text, [text]]) {
        const parsed = module.args.safeParse({ ...given, [key]: value });
        if (!parsed.success) continue;
        const found: string[] = [];
        const host = deadHost(remote, found);
        const error = await driveModule(module.run(host, parsed.data), host, name === 'reboot').then(
          () => undefined,
          (cause: unknown) => cause,
        );
        expect([key, text, found]).toEqual([key, text, []]);
        if (error !== undefined) expect([key, text, error]).toEqual([key, text, expect.any(SwarmError)]);
      }
});

test('a module that puts a value into the text of a shell is found', async () => {
  const { remote } = await (moduleCases['ping'] as (at: string) => ReturnType<NonNullable<(typeof moduleCases)[string]>>)(dir);
  const found: string[] = [];
  await deadHost(remote, found).query({ argv: ['/bin/sh', '-c', `echo ${MARK}`] });
  expect(found).toEqual([`echo ${MARK}`]);
});

test.each(source.names)('%s checks a text of a megabyte at once', async (name) => {
  const module = await source.load(name);
  if (module === undefined) throw new Error(`no module ${name}`);
  for (const key of argNames(module))
    for (const text of ['a'.repeat(1e6), ' '.repeat(1e6)]) expect(() => module.args.safeParse({ [key]: text })).not.toThrow();
});

/** Modules that write a value into a line of a file that a program of the host reads; a folder is refused where it is used. */
const writers = ['apt_repository', 'deb822_repository', 'yum_repository', 'cron', 'timer', 'sysctl', 'mount', 'modprobe', 'known_hosts'];

test.each(writers)('%s takes no NUL', async (name) => {
  const module = await source.load(name);
  const prepare = moduleCases[name];
  if (module === undefined || prepare === undefined) throw new Error(`no case for ${name}`);
  const given = (await prepare(dir)).args as Readonly<Record<string, unknown>>;
  const taken = argNames(module).filter((key) =>
    ['a\0b', '/a\0b', 'deb http://a/\0b c d', ['a\0b']].some((value) => module.args.safeParse({ ...given, [key]: value }).success),
  );
  expect(taken.filter((key) => key !== 'folder')).toEqual([]);
});
