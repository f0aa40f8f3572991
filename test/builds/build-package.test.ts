import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseToolchain } from '../../src/builds/emerge-job.ts';

const script = resolve(import.meta.dirname, '../../src/builds/build-package.sh');

/** Prints where the files of Portage are, and no configuration of a target. */
const PLACES = 'import os; print(os.environ["DIR"]); print()';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-build-'));
  mkdirSync(join(dir, 'bin'));
  stub('portageq', 'case $2 in EROOT) echo "$DIR" ;; *) echo "$DIR/tmp" ;; esac');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function stub(name: string, text: string): void {
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

interface Plan {
  /** The program that compares what is installed with the plan; without it, emerge decides. */
  readonly compare?: string;
  readonly onLine?: (text: string) => void;
  /** What emerge does first, whatever it is asked for. */
  readonly log?: string;
}

/** Builds with an emerge that makes its work folder and then does this; ends the job by TERM where it says that it compiles. */
async function build(
  emerge: string,
  failed: 'keep' | 'sweep',
  config = PLACES,
  { compare, onLine, log = '' }: Plan = {},
): Promise<number | null> {
  stub(
    'emerge',
    `${log}case "$*" in *--usepkgonly*) : >"$DIR/merged" ;; *--buildpkgonly*) mkdir -p "$DIR/tmp/portage/app-misc/hello-1.0"; ${emerge} ;; esac`,
  );
  await using server = createServer((_, response) => response.end('PACKAGES: 0\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const words = [
    '=app-misc/hello-1.0',
    'app-misc/hello',
    address,
    'key/default',
    config,
    ...(compare === undefined ? ['-', '-'] : ['[]', compare]),
    failed,
    '-',
  ];
  const env = { PATH: `${dir}/bin:${process.env['PATH']}`, DIR: dir };
  const job = spawn('sh', [script, ...words], { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  job.stdout.on('data', (text: Buffer) => {
    onLine?.(text.toString());
    if (text.includes('compiling') && job.pid !== undefined) process.kill(-job.pid, 'SIGTERM');
  });
  const [exit] = (await once(job, 'close')) as [number | null];
  return exit;
}

const leavesWork = (): boolean => existsSync(join(dir, 'tmp/portage/app-misc/hello-1.0'));

test.each([
  ['fails', 'exit 7', 7],
  ['is cancelled', 'echo compiling; exec sleep 60', 143],
] as const)('a build that %s leaves no work folder, unless that is asked for', async (_, emerge, exit) => {
  expect([await build(emerge, 'sweep'), leavesWork()]).toEqual([exit, false]);
  expect([await build(emerge, 'keep'), leavesWork()]).toEqual([exit, true]);
});

test('a work folder stays where another job builds the same package', async () => {
  const lock = 'mkdir -p "$DIR/tmp/portage/app-misc"; exec 9>"$DIR/tmp/portage/app-misc/.hello-1.0.portage_lockfile"';
  const hold = `python3 -c 'import fcntl, signal; fcntl.lockf(9, fcntl.LOCK_EX); print("locked", flush=True); signal.pause()' 9>&9`;
  const held = `${lock}; ${hold} >"$DIR/out" & echo $! >"$DIR/holder"; until [ -s "$DIR/out" ]; do :; done`;
  try {
    expect([await build(`${held}; exit 7`, 'sweep'), leavesWork()]).toEqual([7, true]);
  } finally {
    process.kill(Number(readFileSync(join(dir, 'holder'), 'utf8')));
  }
  expect([await build('exit 7', 'sweep'), leavesWork()]).toEqual([7, false]);
});

/** Names what differs from the plan when it is asked for the first time. */
const differs = (lines: string): string =>
  `import os\nif not os.path.exists(os.environ["DIR"] + "/merged"): print(${JSON.stringify(lines)})`;

test('what another build on the host compiles with is not replaced before that build ends; what is new is installed at once', async () => {
  const state = join(dir, 'var/lib/swarm');
  mkdirSync(state, { recursive: true });
  const other = spawn('sh', ['-c', 'exec 7>"$1"; flock -s 7; echo locked; read -r line', 'sh', join(state, 'use.lock')], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(other.stdout, 'data');
  expect(await build(':', 'sweep', PLACES, { compare: differs('binary =a/new-1') })).toBe(0);
  expect(existsSync(join(dir, 'merged'))).toBe(true);
  rmSync(join(dir, 'merged'));
  const waited: boolean[] = [];
  const onLine = (text: string): void => {
    if (!text.includes('waiting for another build')) return;
    waited.push(!existsSync(join(dir, 'merged')));
    other.stdin.end();
  };
  expect(await build(':', 'sweep', PLACES, { compare: differs('replace =a/lib-1\nbinary =a/lib-2'), onLine })).toBe(0);
  expect([waited, existsSync(join(dir, 'merged'))]).toEqual([[true], true]);
});

test('where all is installed as planned emerge is started once; where something differs, once for each kind of package', async () => {
  const log = 'echo "$*" >>"$DIR/starts"; ';
  const starts = async (compare: string): Promise<readonly string[]> => {
    rmSync(join(dir, 'starts'), { force: true });
    rmSync(join(dir, 'merged'), { force: true });
    expect(await build(':', 'sweep', PLACES, { compare, log })).toBe(0);
    return readFileSync(join(dir, 'starts'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => / --(buildpkgonly|usepkgonly|onlydeps) /.exec(line)?.[1] ?? line);
  };
  expect(await starts('pass')).toEqual(['buildpkgonly']);
  expect(await starts(differs('binary =a/new-1\nbinary =a/other-2'))).toEqual(['usepkgonly', 'buildpkgonly']);
});

test('each job asks for the index under a path of its own, where Portage keeps no other index, and leaves nothing of it', async () => {
  const keep = 'file=$DIR/var/cache/edb/binhost/127.0.0.1/$(basename "$PORTAGE_BINHOST")/Packages; [ ! -e "$file" ] && : >"$file"';
  const asked = `${keep} && echo "$PORTAGE_BINHOST" >>"$DIR/asked"`;
  expect([await build(asked, 'sweep'), await build(asked, 'sweep')]).toEqual([0, 0]);
  const addresses = readFileSync(join(dir, 'asked'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => new URL(line).pathname);
  expect(new Set(addresses).size).toBe(2);
  expect(readdirSync(join(dir, 'var/cache/edb/binhost/127.0.0.1'))).toEqual([]);
});

test('a build on a host without Portage says so', async () => {
  rmSync(join(dir, 'bin/portageq'));
  const said: string[] = [];
  const config = 'import subprocess; subprocess.run(["portageq"])';
  expect(await build(':', 'sweep', config, { onLine: (text) => void said.push(text) })).toBe(76);
  expect(said.join('')).toContain('>>> swarm: the host has no portageq, which is a program of Portage\n');
});

test('a build ends at once where python3 does not work, also in the middle of it', async () => {
  const broken = 'printf "#!/bin/sh\\nexit 1\\n" >"$DIR/bin/python3"; chmod +x "$DIR/bin/python3"';
  expect(await build(`${broken}; exit 7`, 'sweep')).toBe(7);
  expect(await build('exit 7', 'sweep')).toBe(76);
  expect(await build('exit 7', 'sweep', 'pass')).toBe(76);
});

test.each([
  ['echo 15.2.1', 'echo glibc 2.42', { glibc: '2.42', gcc: '15' }],
  ['exit 1', 'exit 1', {}],
])('a job tells with which gcc (%s) and libc (%s) it compiles, after all that it needs is installed', async (gcc, getconf, toolchain) => {
  const said: string[] = [];
  for (const [name, does] of Object.entries({ gcc, getconf })) stub(name, `[ -e "$DIR/merged" ] || exit 1; ${does}`);
  const onLine = (text: string): void => void said.push(text);
  expect(await build(':', 'sweep', PLACES, { compare: differs('binary =a/new-1'), onLine })).toBe(0);
  const lines = said.join('').split('\n');
  expect(lines.map(parseToolchain).filter((each) => each !== undefined)).toEqual([toolchain]);
});

test('a build that is killed leaves the name of its work folder for the next cleaning', async () => {
  expect([await build('kill -KILL $PPID; sleep 1', 'sweep'), leavesWork()]).toEqual([null, true]);
  expect(readFileSync(join(dir, 'var/lib/swarm/work-folders'), 'utf8')).toBe('app-misc/hello-1.0\n');
});
