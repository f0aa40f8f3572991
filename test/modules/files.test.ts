import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import copy from '../../modules/copy.ts';
import file from '../../modules/file.ts';
import lineinfile from '../../modules/lineinfile.ts';
import statModule from '../../modules/stat.ts';
import template from '../../modules/template.ts';
import { editLines } from '../../src/sdk/edit-lines.ts';
import { createLocalHost, driveModule } from './local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const mode = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8).padStart(4, '0');

describe('copy', () => {
  const run = (args: Record<string, unknown>, check = false) => {
    const remote = createLocalHost(dir);
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

  test('bytes that are no text are compared and copied, and never shown', async () => {
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

  test('absent removes a folder with all that is in it, and is content where nothing is', async () => {
    await mkdir(join(dir, 'a/b'), { recursive: true });
    expect((await run({ path: join(dir, 'a'), state: 'absent' })).changes).toMatchObject([{ verb: 'delete' }]);
    expect((await run({ path: join(dir, 'a'), state: 'absent' })).changes).toEqual([]);
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

  test('a file that is not there is an error, unless it is to be made', async () => {
    const remote = createLocalHost(dir);
    const args = { path: join(dir, 'n'), line: 'x' };
    await expect(driveModule(lineinfile.run(remote, lineinfile.args.parse(args)), remote)).rejects.toMatchObject({ code: 'SW6012' });
    await driveModule(lineinfile.run(remote, lineinfile.args.parse({ ...args, create: true })), remote);
    expect(await readFile(join(dir, 'n'), 'utf8')).toBe('x\n');
  });
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
