import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEmergeCommand } from '../../../src/builds/emerge-job.ts';
import type { Command } from '../../../src/core/connection.ts';
import { parseIndex } from '../../../src/gentoo/binhost/packages-index.ts';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { rootsProblem } from '../../builds/root/small-root.ts';
import { makePortageRoot, PORTAGE_CHECKOUT } from './portage-root.ts';

/** The file system of this machine under a few folders of its own: a Gentoo root that needs no copy. */
const mountSource = (source: string): string =>
  [
    `mount -t tmpfs none ${source}`,
    `mkdir -p ${source}/own/var/db/pkg ${source}/own/usr/local/bin ${source}/all`,
    `touch ${source}/own/usr/local/bin/emerge`,
    `mount -t overlay overlay -o lowerdir=${source}/own:/ ${source}/all`,
  ].join(' && ');
const problem = PORTAGE_CHECKOUT === undefined ? 'no checkout' : rootsProblem;

describe.skipIf(problem !== undefined)('real emerge in a clean root', { timeout: 600_000 }, () => {
  const dir = mkdtempSync('/var/tmp/swarm-clean-'); // not below /dev: a root has a /dev of its own
  const at = (path: string): string => join(dir, path);
  const modes = { clean: at('clean-packages'), own: at('own-packages') };
  type Mode = keyof typeof modes;
  const binhosts: Server[] = [];
  const ports = { clean: 0, own: 0 };

  beforeAll(async () => {
    makePortageRoot(at('machine'), PORTAGE_CHECKOUT ?? '');
    for (const each of ['source', 'lib']) mkdirSync(at(each));
    for (const mode of ['clean', 'own'] as const) {
      mkdirSync(modes[mode]);
      const binhost = createServer((request, response) => {
        createReadStream(join(modes[mode], request.url ?? ''))
          .on('error', () => response.writeHead(404).end())
          .pipe(response);
      });
      await new Promise<void>((resolve) => binhost.listen(0, '127.0.0.1', resolve));
      ports[mode] = (binhost.address() as AddressInfo).port;
      binhosts.push(binhost);
    }
  });
  afterAll(() => {
    for (const binhost of binhosts) binhost.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = ({ argv }: Command, mode: Mode) => {
    const before = `mount --bind ${at('lib')} /var/lib && ${mountSource(at('source'))} && exec "$@"`;
    const env = { PATH: `${at('machine/bin')}:${process.env['PATH']}`, HOME: '/root', PKGDIR: modes[mode], FEATURES: 'network-sandbox' };
    return spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', before, 'sh', ...argv], { env });
  };
  const ended = (child: ReturnType<typeof start>) =>
    new Promise<{ exit: number | null; text: string }>((resolve) => {
      let text = '';
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].on('data', (bytes: Buffer) => {
          text += bytes;
        });
      child.once('close', (exit) => resolve({ exit, text }));
    });
  const job = (mode: Mode, atom: string, source: string): Command =>
    makeEmergeCommand({
      ...{ atom, source, port: ports[mode], options: [], keepFailed: false, project: 'key', target: 'default', config: null },
      root: mode === 'clean' ? { path: at('roots'), from: at('source/all') } : undefined,
    });
  const build = async (mode: Mode, atom: string, source: string): Promise<void> => {
    const { exit, text } = await ended(start(job(mode, atom, source), mode));
    expect(exit, text.slice(-3000)).toBe(0);
  };
  const installed = () => readdirSync(at('machine/var/db/pkg'), { recursive: true }).length;
  const packageFile = (mode: Mode, cpv: string): string => {
    const { packages } = parseIndex(readFileSync(join(modes[mode], 'Packages'), 'utf8'));
    return join(modes[mode], packages.find((each) => each.get('CPV') === cpv)?.get('PATH') ?? '');
  };
  /** All that Portage recorded, but the time and what it packed of its environment; and each file with its mode, owner and content. */
  const contents = async (file: string) => {
    const { metadata } = await readPackageFile(file);
    const recorded = [...metadata].filter(([key]) => key !== 'BUILD_TIME' && !key.startsWith('environment'));
    const unpack = `mkdir -p "$2" && cd "$2" && tar -xf "$1" --strip-components=1 && mkdir i && tar -xf image.tar* -C i && cd i && find . -type f -printf '%p %m %u %g ' -exec sha256sum {} \\; | sed 's/ [.].*//' | sort`;
    return { recorded, files: execFileSync('sh', ['-c', unpack, 'sh', file, `${file}.unpacked`], { encoding: 'utf8' }) };
  };

  test('the same package as on the machine itself, which stays as it was', async () => {
    for (const mode of ['clean', 'own'] as const) {
      await build(mode, '=demo-libs/base-2.1-r1:0', 'demo-libs/base:0');
      await build(mode, '=demo-libs/zip-1.3.1:0', 'demo-libs/zip:0');
      expect(installed()).toBe(mode === 'clean' ? 0 : installed());
    }
    expect(installed()).toBeGreaterThan(0); // a build on the machine itself leaves what it was built with
    const [clean, own] = await Promise.all((['clean', 'own'] as const).map((mode) => contents(packageFile(mode, 'demo-libs/zip-1.3.1'))));
    expect(clean).toEqual(own);
    expect(readdirSync(at('roots/runs'))).toEqual([]);
  });

  test('a build that is cancelled leaves no files and no processes', async () => {
    const child = start(job('clean', '=demo-libs/zip-1.3.1:0', 'demo-libs/zip:0'), 'clean');
    const over = ended(child);
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (bytes: Buffer) => String(bytes).includes('Emerging') && resolve());
      child.once('close', () => resolve());
    });
    child.kill('SIGTERM');
    expect((await over).exit).toBe(143);
    expect(readdirSync(at('roots/runs'))).toEqual([]);
    expect(spawnSync('pgrep', ['-f', at('roots')]).status).toBe(1);
    expect(existsSync(at('machine/var/tmp/portage/demo-libs'))).toBe(false);
  });
});
