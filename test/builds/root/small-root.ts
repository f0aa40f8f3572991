import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runInRoot } from '../../../src/builds/root/run-in-root.ts';

/** Why no clean root can be entered here; undefined: it can. */
export const rootsProblem: string | undefined = (() => {
  if (process.getuid?.() !== 0) return 'needs root';
  const tried = spawnSync('unshare', ['--mount', '--pid', '--ipc', '--net', '--fork', 'busybox', 'true']);
  return tried.status === 0 ? undefined : 'needs unshare, busybox, and the right to make namespaces';
})();

/** The least that counts as a Gentoo root: busybox with its libraries, var/db/pkg and an emerge. */
export function makeSmallRoot(root: string): void {
  for (const folder of ['bin', 'usr/bin', 'etc', 'var/db/pkg', 'var/tmp', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
  const busybox = realpathSync(execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim());
  const libraries = spawnSync('sh', ['-c', 'ldd "$1"', 'sh', busybox], { encoding: 'utf8' }).stdout.matchAll(/(\/\S+) \(0x/g);
  for (const [, library = ''] of libraries) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const name of ['sh', 'cat', 'ls', 'mkdir', 'sleep', 'df', 'ps', 'touch']) symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'usr/bin/emerge'), '#!/bin/sh\n');
  chmodSync(join(root, 'usr/bin/emerge'), 0o755);
}

/** A machine for one test: Portage's settings are given, and /var/lib is a folder of its own. */
export function makeMachine() {
  const dir = mkdtempSync('/var/tmp/swarm-roots-'); // not below /dev, where the tests' folder may be: a root has a /dev of its own
  const at = (path: string): string => join(dir, path);
  for (const folder of ['lib', 'tree', 'distfiles', 'python/portage', 'source']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('tree/ebuild'), 'EAPI=8\n');
  writeFileSync(
    at('python/portage/__init__.py'),
    `class Settings(dict):\n    repositories = [type("R", (), {"location": ${JSON.stringify(at('tree'))}})]\n` +
      `settings = Settings(DISTDIR=${JSON.stringify(at('distfiles'))}, PORTAGE_TMPDIR="/var/tmp")\n`,
  );
  makeSmallRoot(at('source'));
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const env = { PATH: `${dirname(python)}:${process.env['PATH']}`, PYTHONPATH: at('python'), FEATURES: 'sandbox' };
  /** `before`: what happens to the machine first. */
  const start = (script: string, { use = 'build' as 'build' | 'ask', from = at('source'), root = at('roots'), before = ':' } = {}) => {
    const { argv } = runInRoot({ path: root, from }, null, use, { argv: ['sh', '-c', script] });
    const enter = `mount --bind ${at('lib')} /var/lib && ${before} && exec "$@"`;
    return spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'sh', ...argv], { env, stdio: 'pipe' });
  };
  const ended = (child: ReturnType<typeof start>) =>
    new Promise<{ exit: number | null; stdout: string; stderr: string }>((resolve) => {
      const said = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (bytes: Buffer) => (said[stream] += bytes));
      child.once('close', (exit) => resolve({ exit, ...said }));
    });
  return {
    at,
    start,
    ended,
    run: (...args: Parameters<typeof start>) => ended(start(...args)),
    /** Resolves when the command has printed this, or has ended. */
    printed: (child: ReturnType<typeof start>, text: string) =>
      new Promise<void>((resolve) => {
        child.stdout.on('data', (bytes: Buffer) => String(bytes).includes(text) && resolve());
        child.once('close', () => resolve());
      }),
    remove: () => existsSync(dir) && rmSync(dir, { recursive: true, force: true }),
  };
}
