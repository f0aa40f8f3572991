import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import copy from '../../../modules/files/copy.ts';
import file from '../../../modules/files/file.ts';
import find from '../../../modules/files/find.ts';
import lineinfile from '../../../modules/files/lineinfile.ts';
import statModule from '../../../modules/files/stat.ts';
import template from '../../../modules/files/template.ts';
import { editLines } from '../../../src/sdk/edit/edit-lines.ts';
import { createLocalHost, driveModule, type LocalHostOptions } from '../local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A login whose start-up files set this umask. */
const CLOSED: LocalHostOptions = { commandPrefix: ['sh', '-c', 'umask 077; exec "$@"', 'sh'] };

const mode = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8).padStart(4, '0');

describe('copy', () => {
  const run = (args: Record<string, unknown>, check = false, options: LocalHostOptions = {}) => {
    const remote = createLocalHost(dir, options);
    return driveModule(copy.run(remote, copy.args.parse(args)), remote, check).then((done) => ({ ...done, ran: remote.ran }));
  };

  test('shows the text before and after, and keeps the mode that the file has', async () => {
    await writeFile(join(dir, 'a'), 'old\n');
    await chmod(join(dir, 'a'), 0o640);
    const { changes } = await run({ content: 'new\n', dest: join(dir, 'a') });
    expect(changes).toMatchObject([{ verb: 'update', before: 'old\n', after: 'new\n' }]);
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('new\n');
    expect(await mode(join(dir, 'a'))).toBe('0640');
  });

  test('costs one round trip where nothing differs, and two where a new file is written', async () => {
    const first = await run({ content: 'x\n', dest: join(dir, 'a') });
    expect(first.ran.map(({ how }) => how)).toEqual(['query', 'write']);
    const second = await run({ content: 'x\n', dest: join(dir, 'a') });
    expect(second.ran.map(({ how }) => how)).toEqual(['query']);
    expect(second.changes).toEqual([]);
  });

  test('a wrong mode alone is a change of its own, without new bytes', async () => {
    await run({ content: 'x\n', dest: join(dir, 'a') });
    const { changes, ran } = await run({ content: 'x\n', dest: join(dir, 'a'), mode: '600' });
    expect(changes.map(({ verb, after }) => [verb, after?.split('\n')[0]])).toEqual([['update', 'mode 0600']]);
    expect(ran.map(({ how }) => how)).not.toContain('write');
    expect(await mode(join(dir, 'a'))).toBe('0600');
  });

  test('a folder arrives whole, looked at once', async () => {
    await mkdir(join(dir, 'files/conf/deep'), { recursive: true });
    await writeFile(join(dir, 'files/conf/deep/run'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(join(dir, 'files/conf/a'), 'a\n');
    const first = await run({ src: 'conf', dest: join(dir, 'to') });
    expect(await readFile(join(dir, 'to/conf/a'), 'utf8')).toBe('a\n');
    expect(await mode(join(dir, 'to/conf/deep/run'))).toBe('0755');
    expect(first.ran.filter(({ how }) => how === 'query')).toHaveLength(1);
    await run({ src: 'conf/', dest: join(dir, 'flat') });
    expect(await readFile(join(dir, 'flat/deep/run'), 'utf8')).toBe('#!/bin/sh\n');
  });

  test('links of a tree are copied as what they lead to, with its mode, folders too', async () => {
    await mkdir(join(dir, 'files/real/deep'), { recursive: true });
    await writeFile(join(dir, 'files/real/plain'), 'p\n', { mode: 0o644 });
    await writeFile(join(dir, 'files/real/deep/tool'), 't\n', { mode: 0o755 });
    await mkdir(join(dir, 'files/conf'));
    await symlink('../real/plain', join(dir, 'files/conf/a'));
    await symlink('../real/deep/tool', join(dir, 'files/conf/b'));
    await symlink('../real/deep', join(dir, 'files/conf/c'));
    await symlink('conf', join(dir, 'files/linked'));
    await run({ src: 'linked/', dest: join(dir, 'to') });
    expect(await Promise.all(['a', 'b', 'c/tool'].map((name) => mode(join(dir, 'to', name))))).toEqual(['0644', '0755', '0755']);
    expect((await run({ src: 'linked/', dest: join(dir, 'to') })).changes).toEqual([]);
    await run({ src: 'conf/a', dest: join(dir, 'one') });
    expect(await readFile(join(dir, 'one'), 'utf8')).toBe('p\n');
  });

  test.each([
    ['a link to nothing', (at: string) => symlink('nowhere', join(at, 'l')), 'SW6012', 'is a link to nothing'],
    ['a link to a folder around it', (at: string) => symlink('..', join(at, 'deep/l')), 'SW6012', 'is a link to a folder that it is in'],
    ['links in a circle', (at: string) => symlink('l', join(at, 'l')), 'SW5003', 'its symbolic links form a circle'],
    [
      'a pipe',
      async (at: string) => void spawnSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(at, 'p')]),
      'SW6012',
      'is a device, a pipe or a socket',
    ],
    ['a name that is not UTF-8', (at: string) => writeFile(Buffer.from(`${at}/caf\xe9`, 'latin1'), ''), 'SW5003', 'is not UTF-8'],
  ])('a tree with %s in it is refused before anything is written', async (_, spoil, code, message) => {
    await mkdir(join(dir, 'files/conf/deep'), { recursive: true });
    await writeFile(join(dir, 'files/conf/a'), '');
    await spoil(join(dir, 'files/conf'));
    await expect(run({ src: 'conf', dest: join(dir, 'to') })).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(stat(join(dir, 'to'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('folders are open to all, whatever the umask of the login is', async () => {
    await mkdir(join(dir, 'files/conf/deep'), { recursive: true });
    await writeFile(join(dir, 'files/conf/deep/a'), '');
    await run({ src: 'conf', dest: join(dir, 'x/y') }, false, CLOSED);
    for (const path of ['x', 'x/y', 'x/y/conf', 'x/y/conf/deep']) expect(await mode(join(dir, path))).toBe('0755');
  });

  test('bytes that are not text are compared and copied, and never shown', async () => {
    await mkdir(join(dir, 'files'));
    await writeFile(join(dir, 'files/b'), Buffer.from([0, 255, 10, 0]));
    const { changes } = await run({ src: 'b', dest: `${dir}/` });
    expect(changes).toMatchObject([{ verb: 'create', subject: join(dir, 'b') }]);
    expect(changes[0]).not.toHaveProperty('after');
    expect([...(await readFile(join(dir, 'b')))]).toEqual([0, 255, 10, 0]);
  });

  test('a link is replaced by the file, not written through', async () => {
    await writeFile(join(dir, 'target'), 'keep\n');
    await symlink('target', join(dir, 'l'));
    await run({ content: 'new\n', dest: join(dir, 'l') });
    expect(await readFile(join(dir, 'target'), 'utf8')).toBe('keep\n');
    expect(await readFile(join(dir, 'l'), 'utf8')).toBe('new\n');
  });

  test.each([
    ['both src and content', { src: 'a', content: 'b', dest: '/x' }],
    ['neither', { dest: '/x' }],
    ['a relative dest', { content: 'a', dest: 'x' }],
    ['a mode that is not octal', { content: 'a', dest: '/x', mode: '0999' }],
    ['a mode without quotes', { content: 'a', dest: '/x', mode: 420 }],
  ])('refuses %s', (_, args) => {
    expect(copy.args.safeParse(args).success).toBe(false);
  });

  test('a folder where a file should be is told, with what to write', async () => {
    await expect(run({ content: 'a', dest: dir })).rejects.toMatchObject({ code: 'SW6012', hint: expect.stringContaining(`${dir}/`) });
  });

  test('a source that is not here names where it was looked for', async () => {
    await expect(run({ src: 'nope', dest: '/x' })).rejects.toMatchObject({ code: 'SW6012', hint: expect.stringContaining('files/nope') });
  });

  test('odd names and any bytes come through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[ -.0-~äß]{1,20}$/), fc.uint8Array({ maxLength: 300 }), async (name, bytes) => {
        fc.pre(name !== '.' && name !== '..');
        await mkdir(join(dir, 'files'), { recursive: true });
        await writeFile(join(dir, 'files/any'), bytes);
        await rm(join(dir, 'odd'), { recursive: true, force: true });
        await mkdir(join(dir, 'odd'));
        const dest = join(dir, 'odd', name);
        await run({ src: 'any', dest });
        expect(Buffer.compare(await readFile(dest), bytes)).toBe(0);
        expect((await run({ src: 'any', dest })).changes).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('file', () => {
  const run = (args: Record<string, unknown>) => {
    const remote = createLocalHost(dir);
    return driveModule(file.run(remote, file.args.parse(args)), remote);
  };

  test('a folder below one with the set-group-ID bit gets the mode that is asked for', async () => {
    await chmod(dir, 0o2770);
    const args = { path: join(dir, 'closed'), state: 'directory', mode: '0700' };
    expect((await run(args)).changes).toHaveLength(1);
    expect(await mode(args.path)).toBe('0700');
    expect((await run(args)).changes).toEqual([]);
    expect((await run({ ...args, mode: '2750' })).changes).toHaveLength(1);
    expect(await mode(args.path)).toBe('2750');
    await run({ ...args, mode: 'u=rwx,g=' });
    expect(await mode(args.path)).toBe('2700');
  });

  test.skipIf(process.getuid?.() !== 0)('a folder in which a file system is mounted is not removed, in a dry run too', async () => {
    for (const place of ['', '/sub/a b']) {
      const folder = join(dir, 'chroot');
      await mkdir(`${folder}${place}`, { recursive: true });
      await writeFile(join(folder, 'kept'), '');
      const mount = `mount -t tmpfs none "${folder}${place}" && touch "${folder}${place}/mounted"; exec "$@"`;
      const commandPrefix = ['unshare', '--mount', 'sh', '-c', mount, 'sh'];
      for (const check of [true, false]) {
        const remote = createLocalHost(dir, { commandPrefix });
        const removed = driveModule(file.run(remote, file.args.parse({ path: folder, state: 'absent' })), remote, check);
        await expect(removed).rejects.toMatchObject({
          code: 'SW6012',
          message: expect.stringContaining(`a file system is mounted at ${folder}${place}, and its files would be removed too`),
          hint: expect.stringContaining('state: unmounted'),
        });
      }
      expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('');
    }
  });

  test('absent removes a folder with all that is in it, and is content where nothing is', async () => {
    await mkdir(join(dir, 'a/b'), { recursive: true });
    expect((await run({ path: join(dir, 'a'), state: 'absent' })).changes).toMatchObject([{ verb: 'delete' }]);
    expect((await run({ path: join(dir, 'a'), state: 'absent' })).changes).toEqual([]);
  });

  test('a new folder and a new file have the modes 0755 and 0644, whatever the umask of the login is', async () => {
    const remote = createLocalHost(dir, CLOSED);
    for (const args of [
      { path: join(dir, 'x/y'), state: 'directory' },
      { path: join(dir, 'x/f'), state: 'touch' },
    ])
      await driveModule(file.run(remote, file.args.parse(args)), remote);
    expect(await Promise.all(['x', 'x/y', 'x/f'].map((path) => mode(join(dir, path))))).toEqual(['0755', '0755', '0644']);
  });

  test('the missing folders above a new one get its mode, and those that are there keep theirs', async () => {
    await run({ path: join(dir, 'top'), state: 'directory', mode: '0755' });
    await run({ path: join(dir, 'top/a b/$(touch c)/d/'), state: 'directory', mode: '0710' });
    const paths = ['top', 'top/a b', 'top/a b/$(touch c)', 'top/a b/$(touch c)/d'];
    expect(await Promise.all(paths.map((path) => mode(join(dir, path))))).toEqual(['0755', '0710', '0710', '0710']);
  });

  test('a link points where it should', async () => {
    await run({ path: join(dir, 'l'), state: 'link', src: 'one' });
    const { changes } = await run({ path: join(dir, 'l'), state: 'link', src: 'two' });
    expect(changes).toMatchObject([{ verb: 'update', before: 'one\n', after: 'two\n' }]);
    expect(await readlink(join(dir, 'l'))).toBe('two');
  });

  test('a file that has to be there and is not, is an error', async () => {
    await expect(run({ path: join(dir, 'x') })).rejects.toMatchObject({ code: 'SW6012' });
  });

  test('touch changes nothing where the times are kept', async () => {
    const args = { path: join(dir, 'kept'), state: 'touch', modification_time: 'preserve', access_time: 'preserve', mode: '0600' };
    expect((await run(args)).changes).not.toEqual([]);
    expect((await run(args)).changes).toEqual([]);
    expect((await run({ ...args, mode: '0640' })).changes).not.toEqual([]);
    expect((await run({ ...args, access_time: 'now' })).changes).not.toEqual([]);
  });

  test('touch makes an empty file with its mode', async () => {
    await run({ path: join(dir, 't'), state: 'touch', mode: '0600' });
    expect(await mode(join(dir, 't'))).toBe('0600');
  });

  test.each(['/', 'a', ''])('refuses the path %j', (path) => {
    expect(file.args.safeParse({ path, state: 'absent' }).success).toBe(false);
  });
});

describe('lineinfile', () => {
  test.each([
    ['appends', 'a\n', { line: 'b', state: 'present' }, 'a\nb\n'],
    ['replaces the last that matches', 'x=1\nx=2\n', { line: 'x=3', regexp: '^x=', state: 'present' }, 'x=1\nx=3\n'],
    ['puts behind', 'a\nb\nc\n', { line: 'n', insertafter: '^b', state: 'present' }, 'a\nb\nn\nc\n'],
    ['puts before', 'a\nb\n', { line: 'n', insertbefore: '^a', state: 'present' }, 'n\na\nb\n'],
    ['takes out', 'a\nb\na\n', { line: 'a', state: 'absent' }, 'b\n'],
    ['takes out what matches', 'ab\nb\n', { regexp: 'a', state: 'absent' }, 'b\n'],
    ['mends a missing end', 'a', { line: 'b', state: 'present' }, 'a\nb\n'],
    ['leaves a missing end where nothing is taken out', 'a', { line: 'b', state: 'absent' }, 'a'],
    ['knows a line that ends with CRLF', 'a\r\nb\r\n', { line: 'b', state: 'present' }, 'a\r\nb\r\n'],
    ['appends with CRLF where the file has it', 'a\r\n', { line: 'b', state: 'present' }, 'a\r\nb\r\n'],
    ['replaces with CRLF, and $ matches before it', 'x=1\r\ny\r\n', { line: 'x=2', regexp: '^x=1$', state: 'present' }, 'x=2\r\ny\r\n'],
    ['takes out a line with CRLF', 'a\r\nb\r\n', { line: 'a', state: 'absent' }, 'b\r\n'],
    ['keeps the ends of other lines', 'a\nb\r\nb\n', { line: 'c', state: 'present' }, 'a\nb\r\nb\nc\n'],
  ] as const)('%s', (_, before, change, after) => {
    expect(editLines(before, change)).toBe(after);
  });

  test('twice is once', () => {
    const line = fc.stringMatching(/^[a-c=]{0,4}$/);
    fc.assert(
      fc.property(fc.array(line), line, (lines, wanted) => {
        const once = editLines(lines.map((each) => `${each}\n`).join(''), { line: wanted, state: 'present' });
        expect(editLines(once, { line: wanted, state: 'present' })).toBe(once);
        expect(once.split('\n')).toContain(wanted);
      }),
    );
  });

  test('a link stays a link: the file that it leads to is changed, and keeps its mode', async () => {
    await mkdir(join(dir, 'real'));
    await writeFile(join(dir, 'real/conf'), 'a\n', { mode: 0o640 });
    await symlink('real/conf', join(dir, 'one'));
    await symlink(join(dir, 'one'), join(dir, 'two'));
    const remote = createLocalHost(dir);
    const run = (path: string) => driveModule(lineinfile.run(remote, lineinfile.args.parse({ path: join(dir, path), line: 'b' })), remote);
    await run('two');
    expect([await readFile(join(dir, 'real/conf'), 'utf8'), await mode(join(dir, 'real/conf'))]).toEqual(['a\nb\n', '0640']);
    expect(await readlink(join(dir, 'two'))).toBe(join(dir, 'one'));
    expect((await run('two')).changes).toEqual([]);
    await symlink('circle', join(dir, 'circle'));
    await expect(run('circle')).rejects.toThrow();
  });

  test('a file that is not there is an error, unless it is to be made', async () => {
    const remote = createLocalHost(dir);
    const args = { path: join(dir, 'n'), line: 'x' };
    await expect(driveModule(lineinfile.run(remote, lineinfile.args.parse(args)), remote)).rejects.toMatchObject({ code: 'SW6012' });
    await driveModule(lineinfile.run(remote, lineinfile.args.parse({ ...args, create: true })), remote);
    expect(await readFile(join(dir, 'n'), 'utf8')).toBe('x\n');
  });
});

test('copy from the host itself, and what is there stays with force: false', async () => {
  await writeFile(join(dir, 'old'), 'one\n');
  await chmod(join(dir, 'old'), 0o640);
  const run = (args: Record<string, unknown>) => {
    const remote = createLocalHost(dir);
    return driveModule(copy.run(remote, copy.args.parse(args)), remote);
  };
  await run({ src: join(dir, 'old'), dest: join(dir, 'new'), remote_src: true });
  expect([await readFile(join(dir, 'new'), 'utf8'), await mode(join(dir, 'new'))]).toEqual(['one\n', '0640']);
  const { changes, result } = await run({ content: 'two\n', dest: join(dir, 'new'), force: false });
  expect(changes).toEqual([]);
  expect(result).toMatchObject({ size: 4 });
  await expect(run({ src: join(dir, 'none'), dest: join(dir, 'x'), remote_src: true })).rejects.toMatchObject({ code: 'SW6012' });
  expect(copy.args.safeParse({ src: 'relative', dest: '/x', remote_src: true }).success).toBe(false);
});

test('find: only files with a line that matches from its beginning', async () => {
  await writeFile(join(dir, 'a.ini'), 'first\nzend_extension=opcache\n');
  await writeFile(join(dir, 'b.ini'), '; zend_extension=opcache\n');
  const remote = createLocalHost(dir);
  const args = find.args.parse({ paths: dir, contains: 'zend_\\w+=' });
  const { result } = await driveModule(find.run(remote, args), remote);
  expect(result).toMatchObject({ matched: 1, files: [{ path: join(dir, 'a.ini') }] });
});

test('find: a folder that is not there is skipped, and said', async () => {
  await writeFile(join(dir, 'a.log'), '');
  const notices: unknown[] = [];
  const remote = { ...createLocalHost(dir), emit: (notice: unknown) => void notices.push(notice) };
  const search = async (paths: string | string[]) =>
    (await driveModule(find.run(remote, find.args.parse({ paths, patterns: '*.log' })), remote)).result;
  const gone = join(dir, "it's gone");
  expect(await search(gone)).toEqual({ files: [], matched: 0, skipped_paths: { [gone]: 'it does not exist' } });
  expect(notices).toEqual([{ type: 'run.note', text: `find did not search ${gone}: it does not exist` }]);
  expect(await search([gone, dir])).toMatchObject({ matched: 1, skipped_paths: { [gone]: 'it does not exist' } });
  expect(await search(dir)).toMatchObject({ matched: 1, skipped_paths: {} });
});

test('template: the text is filled in, and .hbs falls off the name', async () => {
  await mkdir(join(dir, 'templates'));
  await writeFile(join(dir, 'templates/motd.hbs'), 'on {{ site }}\n');
  const remote = createLocalHost(dir, { vars: { site: 'andromeda' } });
  await driveModule(template.run(remote, template.args.parse({ src: 'motd.hbs', dest: `${dir}/` })), remote);
  expect(await readFile(join(dir, 'motd'), 'utf8')).toBe('on andromeda\n');
});

test('stat: there or not, what, and its hash', async () => {
  await writeFile(join(dir, 'f'), 'abc');
  const remote = createLocalHost(dir);
  const of = async (path: string) => (await driveModule(statModule.run(remote, statModule.args.parse({ path })), remote)).result;
  expect(await of(join(dir, 'none'))).toEqual({ stat: { exists: false, path: join(dir, 'none') } });
  expect(await of(join(dir, 'f'))).toMatchObject({
    stat: { exists: true, isreg: true, size: 3, checksum: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  });
});

test('an edit of a file keeps its byte order mark, and the first line is found behind it', async () => {
  await writeFile(join(dir, 'marked'), '\uFEFFa=1\nb=2\n');
  const edit = async () => {
    const remote = createLocalHost(dir);
    return await driveModule(
      lineinfile.run(remote, lineinfile.args.parse({ path: join(dir, 'marked'), regexp: '^a=', line: 'a=5' })),
      remote,
      false,
    );
  };
  expect((await edit()).changes).toHaveLength(1);
  expect(await readFile(join(dir, 'marked'), 'utf8')).toBe('\uFEFFa=5\nb=2\n');
  expect((await edit()).changes).toEqual([]);
});

test('template refuses a file that is not UTF-8', async () => {
  await writeFile(join(dir, 'latin.hbs'), Buffer.from('caf\xe9', 'latin1'));
  const remote = createLocalHost(dir);
  const args = template.args.parse({ src: join(dir, 'latin.hbs'), dest: join(dir, 'out') });
  await expect(driveModule(template.run(remote, args), remote, false)).rejects.toMatchObject({ code: 'SW1010' });
});
