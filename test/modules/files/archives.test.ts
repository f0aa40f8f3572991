import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import archive from '../../../modules/archives/archive.ts';
import unarchive from '../../../modules/archives/unarchive.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-archives-'));
  mkdirSync(join(dir, 'files'));
  for (const folder of ['src/cache', 'src/keep']) mkdirSync(join(dir, folder), { recursive: true });
  for (const file of ['src/a', 'src/b.log', 'src/cache/c', 'src/keep/d']) writeFileSync(join(dir, file), file);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const HAS_ZIP = ['zip', 'unzip'].every((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0);

const listBelow = (folder: string): readonly string[] =>
  (readdirSync(join(dir, folder), { recursive: true }) as string[]).filter((name) => !name.includes('.swarm-')).sort();

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  const run = async (module: AnyModule, args: Readonly<Record<string, unknown>>, check = false) => {
    const host = hostWithTools(dir, tools);
    const { changes, result } = await driveModule(module.run(host, module.args.parse(args)), host, check);
    return { changes: changes.map(({ verb, subject }) => `${verb} ${subject.replace(dir, '')}`), result };
  };

  test.for(['gz', 'tar', 'zip'])('archive with format %s leaves out exclude_path', async (format, { skip }) => {
    skip(tools !== 'own' || (format === 'zip' && !HAS_ZIP));
    const args = {
      path: join(dir, 'src'),
      dest: join(dir, 'out.bin'),
      format,
      exclude_path: [join(dir, 'src/cache'), join(dir, 'src/*.log')],
    };
    expect((await run(archive, args, true)).changes).toEqual(['create /out.bin']);
    expect(existsSync(args.dest)).toBe(false);
    expect((await run(archive, args)).changes).toEqual(['create /out.bin']);
    const names =
      format === 'zip'
        ? execFileSync('unzip', ['-Z1', args.dest], { encoding: 'utf8' })
        : execFileSync('tar', [format === 'gz' ? '-tzf' : '-tf', args.dest], { encoding: 'utf8' });
    expect(
      names
        .trim()
        .split('\n')
        .map((name) => name.replace(/^\.\/|\/$/g, ''))
        .sort(),
    ).toEqual(['src', 'src/a', 'src/keep', 'src/keep/d']);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(dir, 'src/cache/c'), later, later);
    expect((await run(archive, args)).changes).toEqual([]);
    utimesSync(join(dir, 'src/a'), later, later);
    expect((await run(archive, args)).changes).toEqual(['update /out.bin']);
  });

  test.runIf(tools === 'busybox')('archive says that a tar cannot leave out paths', async () => {
    const { status } = spawnSync('sh', ['-c', 'busybox tar -cf /dev/null -X /dev/null -C / dev/null']);
    const args = { path: join(dir, 'src'), dest: join(dir, 'out.tgz'), exclude_path: [join(dir, 'src/a')] };
    if (status === 0) expect((await run(archive, args)).changes).toHaveLength(1);
    else await expect(run(archive, args)).rejects.toThrow('the tar of this host cannot leave out paths');
    expect(existsSync(args.dest)).toBe(status === 0);
  });

  test('archive with remove removes what it packed, once', async () => {
    const args = { path: join(dir, 'src'), dest: join(dir, 'out.tgz'), remove: true };
    expect((await run(archive, args, true)).changes).toEqual(['create /out.tgz', 'delete /src']);
    expect(existsSync(join(dir, 'src/a'))).toBe(true);
    expect((await run(archive, args)).changes).toEqual(['create /out.tgz', 'delete /src']);
    expect([existsSync(join(dir, 'src')), existsSync(args.dest)]).toEqual([false, true]);
    expect((await run(archive, args)).changes).toEqual([]);
  });

  test('unarchive takes what is included and leaves out what is excluded, with the mode', async () => {
    execFileSync('tar', ['-czf', join(dir, 'files/x.tgz'), '-C', dir, 'src']);
    const args = { src: 'x.tgz', dest: join(dir, 'to'), list_files: true };
    await run(unarchive, { ...args, exclude: ['*.log', 'src/cache'], mode: 'u=rwX,go=' });
    expect(listBelow('to')).toEqual(['src', 'src/a', 'src/keep', 'src/keep/d']);
    expect([statSync(join(dir, 'to/src')).mode & 0o777, statSync(join(dir, 'to/src/a')).mode & 0o777]).toEqual([0o700, 0o600]);
    const again = await run(unarchive, { ...args, exclude: ['*.log', 'src/cache'] });
    expect([again.changes, [...(again.result.files as string[])].sort()]).toEqual([[], ['src', 'src/a', 'src/keep', 'src/keep/d']]);
    expect((await run(unarchive, { ...args, dest: join(dir, 'two'), include: ['src/keep'] })).changes).toHaveLength(1);
    expect(listBelow('two')).toEqual(['src', 'src/keep', 'src/keep/d']);
    expect((await run(unarchive, { ...args, dest: join(dir, 'two') })).changes).toHaveLength(1); // another choice
    expect(listBelow('two')).toContain('src/a');
  });

  test('unarchive with keep_newer leaves a file of the host that is newer', async () => {
    execFileSync('tar', ['-czf', join(dir, 'files/x.tgz'), '-C', join(dir, 'src'), 'a', 'b.log']);
    mkdirSync(join(dir, 'to'));
    writeFileSync(join(dir, 'to/a'), 'newer');
    writeFileSync(join(dir, 'to/b.log'), 'older');
    const [later, before] = [new Date(Date.now() + 60_000), new Date(1000)];
    utimesSync(join(dir, 'to/a'), later, later);
    utimesSync(join(dir, 'to/b.log'), before, before);
    await run(unarchive, { src: 'x.tgz', dest: join(dir, 'to'), keep_newer: true });
    expect([readFileSync(join(dir, 'to/a'), 'utf8'), readFileSync(join(dir, 'to/b.log'), 'utf8')]).toEqual(['newer', 'src/b.log']);
  });

  test.runIf(tools === 'own' && HAS_ZIP)('unarchive hands options to tar, and names to unzip', async () => {
    execFileSync('tar', ['-czf', join(dir, 'files/x.tgz'), '-C', dir, 'src']);
    await run(unarchive, { src: 'x.tgz', dest: join(dir, 'to'), extra_opts: ['--transform', 's/^src/other/'] });
    expect(listBelow('to')).toContain('other/a');
    execFileSync('zip', ['-qr', join(dir, 'files/x.zip'), 'src'], { cwd: dir });
    await run(unarchive, { src: 'x.zip', dest: join(dir, 'zip'), include: ['src/*'], exclude: ['*.log'] });
    expect(listBelow('zip')).toEqual(['src', 'src/a', 'src/cache', 'src/cache/c', 'src/keep', 'src/keep/d']);
  });
});

test.each([
  [archive, { path: '/a', dest: '/b' }, 'dest must end in'],
  [archive, { path: '/a', dest: '/b.tar', remove: true, exclude_path: ['/a/b'] }, 'take one of them'],
  [archive, { path: '/a', dest: '/b.tar', exclude_path: ['/c'] }, 'must be below one of path'],
  [archive, { path: '/', dest: '/b.tar', remove: true }, 'must not'],
  [unarchive, { src: 'a.zip', dest: '/b', extra_opts: ['-j'] }, 'extra_opts are for tar'],
  [unarchive, { src: 'a.tar', dest: '/b', include: ['-C/'] }, 'must be a name in the archive'],
])('%# is refused', (module: AnyModule, args, message) => {
  expect(module.args.safeParse(args).error?.issues[0]?.message).toContain(message);
});
