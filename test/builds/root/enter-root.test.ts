import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROOT_REFUSED, rootError } from '../../../src/builds/root/run-in-root.ts';
import { makeMachine, rootsProblem } from './small-root.ts';

describe.skipIf(rootsProblem !== undefined)('a clean root', { timeout: 120_000 }, () => {
  let machine: ReturnType<typeof makeMachine>;
  beforeEach(() => {
    machine = makeMachine();
  });
  afterEach(() => void machine.remove());

  const runs = () => readdirSync(machine.at('roots/runs'));
  const source = () =>
    execFileSync('find', [machine.at('source'), '-printf', '%P %s\n'], { encoding: 'utf8' })
      .split('\n')
      .sort()
      .join('\n');
  const mounts = () =>
    readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(machine.at('')));

  test('what a command writes is gone afterwards, and its output, status and input are its own', async () => {
    const before = source();
    const child = machine.start('cat; echo x >/etc/new; mkdir /var/db/pkg/app; ls /etc/new; exit 3');
    child.stdin.end('input\n');
    expect(await machine.ended(child)).toEqual({ exit: 3, stdout: 'input\n/etc/new\n', stderr: '' });
    expect([runs(), source(), mounts()]).toEqual([[], before, []]);
  });

  test('a build sees its own processes only, no file of the machine, and compiles without a network', async () => {
    const { stdout } = await machine.run(`ls ${machine.at('source')} 2>/dev/null || echo hidden; echo $$; echo "$FEATURES"`);
    expect(stdout).toBe('hidden\n1\nsandbox network-sandbox\n');
  });

  test('packages and sources are kept, and the repositories cannot be changed', async () => {
    const { stdout } = await machine.run(
      `touch ${machine.at('distfiles')}/a /var/lib/swarm/packages/b; cat ${machine.at('tree')}/ebuild; touch ${machine.at('tree')}/x 2>/dev/null || echo read-only`,
    );
    expect(stdout).toBe('EAPI=8\nread-only\n');
    expect([readdirSync(machine.at('distfiles')), readdirSync(machine.at('lib/swarm/packages'))]).toEqual([['a'], ['b']]);
  });

  test('two builds at once do not see each other', async () => {
    const first = machine.start('echo one >/etc/mine; echo ready; cat; cat /etc/mine; ls /tmp');
    const over = machine.ended(first);
    await machine.printed(first, 'ready');
    const second = await machine.run('cat /etc/mine 2>/dev/null || echo nothing; echo two >/etc/mine; touch /tmp/second');
    first.stdin.end();
    expect([second.stdout, (await over).stdout]).toEqual(['nothing\n', 'ready\none\n']);
    expect(runs()).toEqual([]);
  });

  test('a build that is told to end leaves nothing, although a program of it does not listen', async () => {
    const child = machine.start('trap "" TERM; echo ready; sleep 3000 & while :; do sleep 1000; done');
    const over = machine.ended(child);
    await machine.printed(child, 'ready');
    child.kill('SIGTERM');
    expect((await over).exit).toBe(143);
    expect([runs(), mounts()]).toEqual([[], []]);
  });

  test('a build that is killed takes its processes with it, and the next use removes its files', async () => {
    const child = machine.start('echo x >/etc/new; echo ready; sleep 3000 & sleep 3000');
    const over = machine.ended(child); // both outputs close when the last of its processes ends
    await machine.printed(child, 'ready');
    child.kill('SIGKILL');
    expect((await over).exit).toBe(null);
    expect(runs()).toHaveLength(1);
    expect((await machine.run('ls /etc')).stdout).not.toContain('new');
    expect([runs(), mounts()]).toEqual([[], []]);
  });

  test('a failed build that is to be kept keeps its files', async () => {
    const { stdout } = await machine.run('mkdir -p /var/tmp/portage/a; touch /.swarm-kept; cat /run/swarm/root');
    expect(existsSync(`${stdout.trim()}/var/tmp/portage/a`)).toBe(true);
    await machine.run(':');
    expect(existsSync(`${stdout.trim()}/var/tmp/portage/a`)).toBe(true);
  });

  test('without overlayfs a build gets a copy, and a question the base itself, which it cannot change', async () => {
    for (const folder of ['low', 'up', 'work', 'over']) mkdirSync(machine.at(folder));
    // an overlay takes no folder of another overlay for what is written
    const before = `mount -t overlay overlay -o lowerdir=${machine.at('low')},upperdir=${machine.at('up')},workdir=${machine.at('work')} ${machine.at('over')}`;
    const where = { before, root: machine.at('over/roots') };
    const unchanged = source();
    const build = await machine.run('echo x >/etc/new && cat /etc/new', where);
    expect([build.exit, build.stdout, build.stderr]).toEqual([
      0,
      'x\n',
      expect.stringMatching(/^>>> swarm: no overlayfs \(.*\), so the root is copied\n$/),
    ]);
    expect(source()).toBe(unchanged);
    const question = await machine.run(`cat ${machine.at('tree')}/ebuild; echo x >/tmp/x; touch /etc/new 2>/dev/null || echo read-only`, {
      ...where,
      use: 'ask',
    });
    expect([question.stdout, question.stderr]).toEqual(['EAPI=8\nread-only\n', '']);
    expect(readdirSync(machine.at('up/roots/runs'))).toEqual([]);
  });

  describe('a stage archive', () => {
    const pack = () => spawnSync('tar', ['-C', machine.at('source'), '-cJf', machine.at('stage3.tar.xz'), '.']);
    const from = () => ({ from: machine.at('stage3.tar.xz') });

    test('is unpacked once, and anew when it is another one', async () => {
      pack();
      const first = await machine.run('ls /usr/bin', from());
      expect([first.stdout, first.stderr]).toEqual(['emerge\n', `>>> swarm: unpacking ${machine.at('stage3.tar.xz')}\n`]);
      expect((await machine.run('ls /usr/bin', from())).stderr).toBe('');
      writeFileSync(machine.at('source/usr/bin/more'), '');
      pack();
      expect((await machine.run('ls /usr/bin', from())).stdout).toBe('emerge\nmore\n');
      expect(readdirSync(machine.at('roots')).filter((name) => name.startsWith('base-'))).toHaveLength(1);
    });

    test('a base that a build uses stays until the build ends', async () => {
      pack();
      const child = machine.start('echo ready; cat; ls /usr/bin', from());
      const over = machine.ended(child);
      await machine.printed(child, 'ready');
      writeFileSync(machine.at('source/usr/bin/more'), '');
      pack();
      await machine.run(':', from());
      child.stdin.end();
      expect((await over).stdout).toBe('ready\nemerge\n');
    });

    test.each<[string, () => unknown, RegExp]>([
      ['missing', () => undefined, /^root_from \S+stage3.tar.xz cannot be read: No such file or directory$/],
      ['cut', () => void [pack(), truncateSync(machine.at('stage3.tar.xz'), 100_000)], /^the stage archive \S+ is cut or damaged: xz: /],
      ['no archive', () => writeFileSync(machine.at('stage3.tar.xz'), 'html'), /^the stage archive \S+ is cut or damaged: /],
      [
        'without emerge',
        () => void [rmSync(machine.at('source/usr/bin/emerge')), pack()],
        /^\S+stage3.tar.xz is not a Gentoo root: it has no emerge$/,
      ],
    ])('%s: refused with the place and what to do, and nothing is left', async (_, prepare, because) => {
      prepare();
      const { exit, stderr } = await machine.run('echo never', from());
      expect(exit).toBe(ROOT_REFUSED);
      const error = rootError(stderr.split('\n'));
      expect([error.code, error.message, error.hint]).toEqual([
        'SW6023',
        expect.stringMatching(because),
        expect.stringMatching(/^[A-Z].*\.$/),
      ]);
      expect(readdirSync(machine.at('roots')).sort()).toEqual(['lock', 'runs']);
    });
  });

  test.each<[string, object, () => unknown, RegExp]>([
    [
      'a folder that is not a Gentoo root',
      {},
      () => rmSync(machine.at('source/var/db/pkg'), { recursive: true }),
      /source is not a Gentoo root: it has no var\/db\/pkg$/,
    ],
    [
      'a folder that has other files',
      {},
      () => void [mkdirSync(machine.at('roots')), writeFileSync(machine.at('roots/letter'), '')],
      /roots has files that swarm did not make$/,
    ],
    [
      'a machine without namespaces',
      { before: 'set -- setpriv --bounding-set=-sys_admin "$@"' },
      () => undefined,
      /^the kernel of the drone refuses namespaces: /,
    ],
    [
      'a machine without Portage',
      {},
      () => rmSync(machine.at('python'), { recursive: true }),
      /^python3 cannot load Portage: ModuleNotFoundError/,
    ],
  ])('%s is refused with the reason and what to do', async (_, where, prepare, because) => {
    prepare();
    const { exit, stderr, stdout } = await machine.run('echo never', where);
    expect([exit, stdout, rootError(stderr.split('\n')).message]).toEqual([ROOT_REFUSED, '', expect.stringMatching(because)]);
  });

  test('a disk that is too small is refused before anything is unpacked', async () => {
    spawnSync('tar', ['-C', machine.at('source'), '-cJf', machine.at('stage3.tar.xz'), '.']);
    mkdirSync(machine.at('small'));
    const before = `mount -t tmpfs -o size=1m none ${machine.at('small')}`;
    const { exit, stderr } = await machine.run(':', { from: machine.at('stage3.tar.xz'), root: machine.at('small/roots'), before });
    expect([exit, rootError(stderr.split('\n')).message]).toEqual([
      ROOT_REFUSED,
      expect.stringMatching(/^to unpack \S+ takes \d+ MiB, and \S+ has \d MiB free$/),
    ]);
  });
});
