import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseIndex } from '../../../src/gentoo/binhost/packages-index.ts';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { createLabProject, journalOf, type LabProject, packageFiles, published } from '../lab-project.ts';
import { runSwarmJson } from '../run-program.ts';

/** What clients see of the binhost: whole packages or none, whatever happens on the way. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(2);
});
afterAll(() => project[Symbol.asyncDispose]());

/** Reads index and files as a client would, over and over, until it is told to stop; what was not whole is kept. */
function watch(dir: string): {
  stop(): Promise<{ readonly looks: number; readonly seen: ReadonlySet<string>; readonly wrong: readonly string[] }>;
} {
  const binhost = join(dir, 'binhost');
  const seen = new Set<string>();
  const wrong: string[] = [];
  let looks = 0;
  let over = false;
  const indexes = [
    ['Packages', (bytes: Buffer) => bytes],
    ['Packages.gz', (bytes: Buffer) => gunzipSync(bytes)],
  ] as const;
  const look = async (): Promise<void> => {
    for (const [name, open] of indexes) {
      const bytes = await readFile(join(binhost, name)).catch(() => undefined);
      if (bytes === undefined) continue;
      const { header, packages } = parseIndex(open(bytes).toString());
      if (Number(header.get('PACKAGES')) !== packages.length) wrong.push(`${name}: ${header.get('PACKAGES')} are not ${packages.length}`);
      for (const stanza of packages) {
        const path = stanza.get('PATH') ?? '';
        const file = await readFile(join(binhost, path)).catch(() => Buffer.alloc(0));
        if (String(file.length) !== stanza.get('SIZE')) wrong.push(`${name}: ${path} has ${file.length} bytes`);
        else if (createHash('sha1').update(file).digest('hex') !== stanza.get('SHA1')) wrong.push(`${name}: ${path} has other bytes`);
        seen.add(path);
      }
    }
    for (const path of packageFiles(dir)) {
      await readPackageFile(join(binhost, path)).catch((error: Error) => wrong.push(`${path}: ${error.message}`));
    }
    looks += 1;
  };
  const all = (async () => {
    while (!over) {
      await look();
      await pause(5); // the build needs the processor too
    }
    await look();
  })();
  return {
    stop: async () => {
      over = true;
      await all;
      return { looks, seen, wrong };
    },
  };
}

test('a client that looks all the time during a build sees whole packages only, each once', async () => {
  const watcher = watch(project.dir);
  const { exit, json } = await project.json('run', 'build', 'demo-libs/draw');
  const { looks, seen, wrong } = await watcher.stop();
  expect([exit, wrong]).toEqual([0, []]);
  expect(looks).toBeGreaterThan(10);
  expect([...seen].sort()).toEqual(json.published.map(({ path }) => path).sort());
  expect((await project.swarm('binhost', 'check', '--deep')).exit).toBe(0);
});

test('one bit flipped on the way is noticed, and the package fetched again', async () => {
  const other = await project.another();
  for (const { faults } of other.drones) faults.flip();
  const { exit, json } = await other.json('run', 'build', 'demo-libs/base');
  expect([exit, json.published.map(({ cpv }) => cpv)]).toEqual([0, ['demo-libs/base-2.1-r1']]);
  const bytes = readFileSync(join(other.dir, 'binhost', json.published[0]?.path ?? ''));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(json.published[0]?.sha256);
});

test('a link that flips a bit each time: exit 9, the package named, and it is never to be seen in the binhost', async () => {
  const other = await project.another();
  const drone = other.drone('d1');
  for (let n = 0; n < 12; n++) drone.faults.flip();
  const watcher = watch(other.dir);
  const { exit, json } = await other.json('run', 'build', 'demo-libs/zip', '-e', 'deep=true', '-l', 'd1');
  const { wrong } = await watcher.stop();
  drone.faults.clear();
  expect([exit, json.status, json.exit]).toEqual([9, 'failed', 9]);
  expect(json.errors[0]).toMatchObject({ code: 'SW4001', host: 'd1', message: expect.stringContaining('demo-libs/base-2.1-r1') });
  expect(json.items.map(({ status }) => status)).toEqual(['failed', 'skipped']);
  expect([json.published, published(other.dir), packageFiles(other.dir), wrong]).toEqual([[], [], [], []]);
  const resumed = await other.json('runs', 'resume', 'last'); // the link is well again
  expect([resumed.exit, resumed.json.published.map(({ cpv }) => cpv)]).toEqual([0, ['demo-libs/base-2.1-r1', 'demo-libs/zip-1.3.1']]);
});

test('a file that ends too early on the drone: exit 9, nothing of it is published', async () => {
  const other = await project.another();
  const drone = other.drone('d2');
  // whoever reads a package there gets its first 5000 bytes and no more, as from a disk that fails
  const script = `#!/bin/sh\ncase "$*" in *gpkg.tar*) from=\${2#+}; /usr/bin/tail "$@" | head -c $((from > 5000 ? 0 : 5001 - from));; *) exec /usr/bin/tail "$@";; esac\n`;
  writeFileSync(join(drone.dir, 'bin/tail'), script, { mode: 0o755 });
  const { exit, json } = await other.json('run', 'build', 'demo-dev/generator', '-l', 'd2');
  expect([exit, json.errors.map(({ code }) => code)]).toEqual([9, ['SW4002']]);
  expect(json.errors[0]?.message).toMatch(/demo-dev\/generator-1\.4.*5000 of \d+ bytes/);
  expect([json.published, published(other.dir), packageFiles(other.dir)]).toEqual([[], [], []]);
  writeFileSync(join(drone.dir, 'bin/tail'), '#!/bin/sh\nexec /usr/bin/tail "$@"\n', { mode: 0o755 });
});

/** May a user here have a mount namespace with a disk of its own in it? */
function mayMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-e2e-mount-'));
  const { status } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]);
  rmdirSync(dir);
  return status === 0;
}

test.skipIf(!mayMount())(
  'a disk that is full in staging: exit 1, told once, what was published before is whole, nothing half done',
  async () => {
    const other = await project.another();
    const copy = join(other.dir, 'binhost-as-it-was');
    // a binhost of 64 KiB, of a mount namespace of its own: what is in it is copied out before it goes
    const script = `mount -t tmpfs -o size=$1 tmpfs "$2" || exit 99; into=$3 from=$2; shift 3; "$@"; exit=$?; cp -r "$from" "$into"; exit $exit`;
    const under = ['unshare', '-rm', 'sh', '-c', script, 'sh', '160k', join(other.dir, 'binhost'), copy];
    const { exit, json } = await runSwarmJson(other.dir, ['run', 'build', 'demo-libs/base', 'demo-app/browser'], { under });
    const own = json.errors.filter(({ code }) => code !== 'SW6021'); // what was built and waits for what has no room
    expect([exit, own.map(({ code }) => code)]).toEqual([1, ['SW5001']]);
    expect(own[0]?.message).toMatch(/no space left|disk/i);
    const listed = parseIndex(readFileSync(join(copy, 'Packages'), 'utf8')).packages;
    expect(listed.map((stanza) => stanza.get('CPV'))).toEqual(json.published.map(({ cpv }) => cpv).sort());
    for (const stanza of listed) expect(statSync(join(copy, stanza.get('PATH') ?? '')).size).toBe(Number(stanza.get('SIZE')));
    expect(readdirSync(join(copy, '.swarm/stage'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.part'))).toEqual(
      [],
    );
    expect(journalOf(other.dir).at(-1)).toMatchObject({ type: 'run.finished', exit: 1 });
  },
);
