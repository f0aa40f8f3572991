import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import copy from '../../../modules/files/copy.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { type ApplyOptions, applyChanges } from '../../../src/engine/task/apply-changes.ts';
import type { Change, Remote } from '../../../src/index.ts';
import { buildCreateScript } from '../../../src/remote/session/file-scripts.ts';
import { toShellCommand } from '../../../src/remote/session/shell-text.ts';
import { createLocalHost } from '../../modules/local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'swarm-create-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let folders = 0;

type Exec = Remote['exec'];

/** A new folder with a host that creates files as a connection does. `wrap` changes how it runs commands. */
function newHost(wrap: (exec: Exec) => Exec = (exec) => exec) {
  const dir = join(base, String(folders++));
  mkdirSync(dir);
  const host = createLocalHost(dir);
  const exec: Exec = (command) => {
    const { createInstead } = command;
    return createInstead === undefined
      ? host.exec(command)
      : host.exec({ argv: ['/bin/sh', '-c', buildCreateScript(createInstead, toShellCommand(command))] });
  };
  return { dir, host, remote: { ...host, exec: wrap(exec) } };
}

/** Runs copy as the engine does. What it changed, in which order it asked the guards and wrote, and its error. */
async function runCopy(
  { host, remote }: Pick<ReturnType<typeof newHost>, 'host' | 'remote'>,
  args: Record<string, unknown>,
  { takesUnsureChanges = true, ...options }: Partial<ApplyOptions> & { readonly takesUnsureChanges?: boolean } = {},
) {
  const changes: Omit<Change, 'apply' | 'wasNeeded'>[] = [];
  const error = await applyChanges(
    copy,
    copy.args.parse(args),
    { probe: { ...host, takesUnsureChanges }, remote },
    {
      check: false,
      signal: new AbortController().signal,
      asDisruptive: undefined,
      onChange: ({ apply, wasNeeded, ...change }) => void changes.push(change),
      runGuarded: (_, apply) => apply(),
      askGuards: async () => {},
      ...options,
    },
  ).then(
    () => undefined,
    (thrown: SwarmError) => `${thrown.code} ${thrown.message}`,
  );
  return { changes, error };
}

const listFiles = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true })
    .map(String)
    .sort()
    .map((name) => {
      const path = join(dir, name);
      const stat = lstatSync(path);
      const content = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? readFileSync(path, 'utf8') : '';
      return `${name} ${stat.mode.toString(8)} ${content}`;
    });

const STARTS: Readonly<Record<string, (dir: string) => void>> = {
  'nothing is there': () => {},
  'the same file': (dir) => writeFileSync(join(dir, 'f'), 'new\n', { mode: 0o644 }),
  'another content': (dir) => writeFileSync(join(dir, 'f'), 'old\n'),
  'another mode': (dir) => {
    writeFileSync(join(dir, 'f'), 'new\n');
    chmodSync(join(dir, 'f'), 0o600);
  },
  'a link to a file': (dir) => {
    writeFileSync(join(dir, 'real'), 'new\n');
    symlinkSync('real', join(dir, 'f'));
  },
  'a link to nothing': (dir) => symlinkSync('gone', join(dir, 'f')),
  'a folder': (dir) => mkdirSync(join(dir, 'f')),
};
const ARGS: Readonly<Record<string, Record<string, unknown>>> = {
  plain: {},
  'with a symbolic mode': { mode: 'u=rwx,go=' },
  'with a set-user-ID bit': { mode: '4755' },
  'with an unknown owner': { owner: 'no-such-user' },
  'with backup': { backup: true, mode: '0644' },
  'with validate that fails': { validate: 'grep old %s' },
};

for (const [start, prepare] of Object.entries(STARTS))
  test.each(Object.entries(ARGS))(`${start}, %s: a run that tries ends as one that looks first`, async (_, args) => {
    const ends = [];
    for (const takesUnsureChanges of [true, false]) {
      const at = newHost();
      prepare(at.dir);
      const { changes, error } = await runCopy(at, { content: 'new\n', dest: join(at.dir, 'f'), ...args }, { takesUnsureChanges });
      const text = JSON.stringify({ changes, error, files: listFiles(at.dir) });
      ends.push(text.replaceAll(at.dir, 'DIR').replaceAll(/f\.\d{8}T\d{6}Z~/g, 'f.TIME~'));
    }
    expect(ends[0]).toBe(ends[1]);
  });

test('a new file takes one round trip, and so does one that is right', async () => {
  const at = newHost();
  const args = { content: 'new\n', dest: join(at.dir, 'f'), mode: '0600' };
  expect((await runCopy(at, args)).changes).toEqual([{ verb: 'create', subject: args.dest, after: 'new\n' }]);
  expect(at.host.ran.map(({ how }) => how)).toEqual(['exec']);
  expect((await runCopy(at, args)).changes).toEqual([]);
  expect(at.host.ran.map(({ how }) => how)).toEqual(['exec', 'exec']);
});

test('a source goes into a folder, or becomes the file that is not there', async () => {
  const at = newHost();
  const src = join(base, 'source');
  writeFileSync(src, 'new\n');
  mkdirSync(join(at.dir, 'folder'));
  for (const dest of [join(at.dir, 'folder'), join(at.dir, 'file')]) expect((await runCopy(at, { src, dest })).error).toBeUndefined();
  expect(listFiles(at.dir).map((line) => line.split(' ')[0])).toEqual(['file', 'folder', 'folder/source']);
});

test('a file in a folder that is missing fails as a write does', async () => {
  const at = newHost();
  const { changes, error } = await runCopy(at, { content: 'new\n', dest: join(at.dir, 'no/such/f') });
  expect([changes.length, error]).toEqual([1, expect.stringContaining('such')]);
});

test('a dry run and a disruptive task try nothing, whatever the module yields', async () => {
  const at = newHost();
  const args = { content: 'new\n', dest: join(at.dir, 'f') };
  await runCopy(at, args, { check: true });
  expect(listFiles(at.dir)).toEqual([]);
  const asked: string[] = [];
  const runGuarded = async ({ verb }: Change): Promise<void> => void asked.push(verb);
  await runCopy(at, args, { asDisruptive: { restarts: false }, runGuarded });
  expect(asked).not.toEqual([]);
  expect(listFiles(at.dir)).toEqual([]);
});

test.each([true, false])(
  'the connection is lost with the answer, file created: %s: the file is there and counts as a change',
  async (created) => {
    const lost =
      (exec: Exec): Exec =>
      async (command) => {
        if (command.createInstead === undefined) return exec(command);
        if (created) await exec(command);
        throw new SwarmError('SW2005', 'connection lost', {});
      };
    const at = newHost(lost);
    const dest = join(at.dir, 'f');
    // the engine writes over a new connection
    const { changes, error } = await runCopy({ ...at, remote: { ...at.remote, write: at.host.write } }, { content: 'new\n', dest });
    expect([error, changes.map(({ verb }) => verb), readFileSync(dest, 'utf8')]).toEqual([undefined, ['create'], 'new\n']);
  },
);
