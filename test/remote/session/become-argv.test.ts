import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildShellStart } from '../../../src/remote/session/become-argv.ts';

const NONCE = '0123456789abcdef0123456789abcdef';

test('without a password to give, sudo and doas are told to ask for none', () => {
  const argv = (method: 'sudo' | 'doas') => buildShellStart({ method, user: 'root' }, 'quiet', 'x', NONCE).argv;
  expect(argv('sudo')).toEqual(['sudo', '-n', '-u', 'root', '--', 'sh', '-c', 'x']);
  expect(argv('doas')).toEqual(['doas', '-n', '-u', 'root', '--', 'sh', '-c', 'x']);
});

test('su has no such option: what shows its prompt is known', () => {
  const { argv, mark } = buildShellStart({ method: 'su', user: 'root' }, 'quiet', 'x', NONCE);
  expect(argv.slice(3)).toEqual(['sh', 'su', '-s', '/bin/sh', 'root', '-c', 'x']);
  expect(argv[2]).toContain(mark);
});

test.each(['quiet', 'answer', 'terminal'] as const)('any login shell can hand the words of %s on: no newline', (mode) => {
  for (const method of ['sudo', 'doas', 'su'] as const) {
    const { argv } = buildShellStart({ method, user: 'root' }, mode, 'echo x', NONCE);
    expect(argv.join('')).not.toMatch(/\n/);
  }
});

test.each(['a b', "q'$(id)", 'none/at all'])('over a terminal, a TMPDIR like %s harms nothing', async (name) => {
  const bin = mkdtempSync(join(tmpdir(), 'swarm-odd-'));
  try {
    for (const folder of ['a', 'a b', "q'$(id)"]) mkdirSync(join(bin, folder));
    writeFileSync(join(bin, 'sudo'), '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift\nexec "$@"\n', { mode: 0o755 });
    const { argv } = buildShellStart({ method: 'sudo', user: 'root' }, 'terminal', 'echo out $# $d; exit 3', NONCE);
    const shell = spawn(argv[0], argv.slice(1), { env: { ...process.env, TMPDIR: join(bin, name), PATH: `${bin}:/usr/bin:/bin` } });
    let printed = '';
    shell.stdout.on('data', (part: Buffer) => (printed += part.toString()));
    const [exit] = await once(shell, 'close');
    expect([exit, printed]).toEqual([3, 'out 0\n']);
    expect(readdirSync(bin).sort()).toEqual(['a', 'a b', "q'$(id)", 'sudo']);
    expect(readdirSync(join(bin, 'a b'))).toEqual([]);
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
});

test('over a terminal, a host that starts programs late prints nothing of its own', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'swarm-slow-'));
  try {
    const isFirst = `mkdir '${bin}/first' 2>/dev/null`;
    const late = `${isFirst} || case "$1" in *[oe]) ;; *) sleep 0.3 ;; esac`;
    writeFileSync(join(bin, 'cat'), `#!/bin/sh\n${late}\nexec /bin/cat "$@"\n`, { mode: 0o755 });
    writeFileSync(join(bin, 'sudo'), '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift\nexec "$@"\n', { mode: 0o755 });
    const { argv, mark } = buildShellStart({ method: 'sudo', user: 'root' }, 'terminal', 'echo out; echo err >&2; exit 3', NONCE);
    const shell = spawn(argv[0], argv.slice(1), { env: { ...process.env, PATH: `${bin}:/usr/bin:/bin` } }); // stdin stays open
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) shell[name].on('data', (part: Buffer) => (printed[name] += part.toString()));
    const [exit] = await once(shell, 'close');
    expect({ exit, ...printed }).toEqual({ exit: 3, stdout: 'out\n', stderr: `${mark}\nerr\n` });
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
});
