import { chmod, chown, link, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import file from '../../../modules/files/file.ts';
import find from '../../../modules/files/find.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { keptAttributes } from '../../../src/sdk/files/attributes/file-attributes.ts';
import { type PathStat, statPaths } from '../../../src/sdk/files/path-stat.ts';
import { createLocalHost, driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-links-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
const mode = async (name: string) => ((await stat(at(name))).mode & 0o7777).toString(8);
const isRoot = process.getuid?.() === 0;

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  const run = async (module: AnyModule, args: Readonly<Record<string, unknown>>) => {
    const host = hostWithTools(dir, tools);
    const { changes, result } = await driveModule(module.run(host, module.args.parse(args)), host);
    return { changes: changes.length, result, notices: host.notices };
  };
  const twice = async (args: Readonly<Record<string, unknown>>) => [(await run(file, args)).changes, (await run(file, args)).changes];

  test('a file in the place of a link is lost only with force, a folder only where it is empty too', async () => {
    await writeFile(at('l'), 'kept');
    await mkdir(at('full/sub'), { recursive: true });
    await mkdir(at('empty'));
    const args = { path: at('l'), state: 'link', src: 'other' };
    await expect(run(file, args)).rejects.toMatchObject({
      message: expect.stringContaining('is a file'),
      hint: expect.stringContaining('force'),
    });
    expect(await readFile(at('l'), 'utf8')).toBe('kept');
    expect(await twice({ ...args, force: true })).toEqual([1, 0]);
    await expect(run(file, { ...args, path: at('empty') })).rejects.toThrow(/is a folder/);
    expect(await twice({ ...args, path: at('empty'), force: true })).toEqual([1, 0]);
    await expect(run(file, { ...args, path: at('full'), force: true })).rejects.toThrow(/full/);
    expect((await stat(at('full/sub'))).isDirectory()).toBe(true);
  });

  test('a hard link is another name of the same file', async () => {
    await writeFile(at('t'), 'one');
    const args = { path: at('-l'), state: 'hard', src: at('t') };
    expect(await twice(args)).toEqual([1, 0]);
    expect((await stat(at('-l'))).ino).toBe((await stat(at('t'))).ino);
    await writeFile(at('u'), 'two');
    await expect(run(file, { ...args, src: at('u') })).rejects.toThrow(/is a file/);
    expect(await twice({ ...args, src: at('u'), force: true })).toEqual([1, 0]);
    await expect(run(file, { ...args, src: at('none') })).rejects.toThrow(/none/);
  });

  test('owner, group and mode are those of what a link leads to', async () => {
    await writeFile(at('t'), '', { mode: 0o644 });
    await mkdir(at('d'));
    await symlink('t', at('l'));
    await symlink('d', at('dl'));
    expect(await twice({ path: at('l'), mode: '0600' })).toEqual([1, 0]);
    expect(await twice({ path: at('l'), state: 'link', src: 't', mode: '0640' })).toEqual([1, 0]);
    expect(await twice({ path: at('dl'), state: 'directory', mode: '0700' })).toEqual([1, 0]);
    expect([await mode('t'), await mode('d'), (await lstat(at('dl'))).isSymbolicLink()]).toEqual(['640', '700', true]);
    await expect(run(file, { path: at('m'), state: 'link', src: 'none', mode: '0600' })).rejects.toThrow(/leads to nothing/);
  });

  test('a name with a line break is not taken for another path', async () => {
    await mkdir(at(`tree/x\n${dir}`), { recursive: true });
    await writeFile(at('secret'), '', { mode: 0o600 });
    await writeFile(at(`tree/x\n${dir}/secret`), '');
    const found = await run(find, { paths: at('tree'), recurse: true });
    const text = expect.stringMatching(/^the task leaves out ".*x\\n.*": a line break is in the name$/);
    expect([found.result, found.notices]).toMatchObject([{ files: [] }, [{ type: 'run.note', text }]]);
    await writeFile(at('tree/a\nb'), '');
    expect((await run(find, { paths: at('tree'), recurse: true })).notices).toMatchObject([
      { text: expect.stringContaining(' and 1 more:') },
    ]);
    await run(file, { path: at('tree'), state: 'directory', recurse: true, mode: 'a+rwx' });
    expect(await mode('secret')).toBe('600');
  });

  test('the target of a link with a line break is not read as the state of the next path', async () => {
    await symlink('x\nabsent', at('l'));
    await writeFile(at('f'), '');
    const stats = await statPaths(hostWithTools(dir, tools), [{ path: at('l') }, { path: at('f') }]);
    expect(stats.map(({ type }) => type)).toEqual(['link', 'file']);
  });

  test.skipIf(!isRoot)('an owner alone leaves the group, and a number without a name stays', async () => {
    await writeFile(at('f'), '');
    await chown(at('f'), 12_345, 23_456);
    const [found] = (await statPaths(hostWithTools(dir, tools), [{ path: at('f') }])) as [PathStat];
    expect(keptAttributes(found, {})).toMatchObject({ owner: '12345', group: '23456' });
    await run(file, { path: at('f'), owner: 'nobody' });
    expect((await stat(at('f'))).gid).toBe(23_456);
  });
});

test('a mode such as g=u takes what another class may do', async () => {
  await writeFile(at('f'), '');
  await chmod(at('f'), 0o750);
  await link(at('f'), at('g'));
  const host = createLocalHost(dir);
  for (const [wanted, expected] of [
    ['g=u', '770'],
    ['o+g,u-x', '677'],
    ['go=', '600'],
  ]) {
    await driveModule(file.run(host, file.args.parse({ path: at('f'), mode: wanted })), host);
    expect(await mode('g')).toBe(expected);
  }
});
