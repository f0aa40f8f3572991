import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildWriteScript } from '../../../src/remote/session/file-scripts.ts';
import { posixShells } from './posix-shells.ts';

/** As setfacl does, which few machines have. Version 2, then tag, rights and no id for the owner, the group and the others. */
const DEFAULT_ACL = `
import os, struct, sys
entries = b''.join(struct.pack('<HHI', tag, 7, 0xffffffff) for tag in (1, 4, 0x20))
os.setxattr(sys.argv[1], 'system.posix_acl_default', struct.pack('<I', 2) + entries)
`;
const dir = mkdtempSync(join(tmpdir(), 'swarm-acl-'));
const hasAcl = spawnSync('python3', ['-c', DEFAULT_ACL, dir]).status === 0;
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0');

describe.skipIf(!hasAcl)('a folder with a default ACL that lets everybody in', () => {
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test.each(posixShells.map((words) => [words.join(' '), words] as const))('%s: a new file has the mode that was asked for', (_, words) => {
    const [program, ...args] = words;
    for (const mode of ['0600', '0755', '4750']) {
      const path = join(dir, `${words.at(-1)}-${mode}`);
      for (const content of [Buffer.from('secret'), 6]) {
        const script = buildWriteScript(path, content, { mode });
        expect(spawnSync(program, [...args, '-c', script], { input: 'secret' }).status).toBe(0);
        expect(modeOf(path)).toBe(mode);
        rmSync(path);
      }
    }
  });

  test('the mode is there before the content', () => {
    const path = join(dir, 'early');
    const script = buildWriteScript(path, Buffer.from('secret'), { mode: '0600' });
    const seen = `printf() { stat -c %a ${dir}/.swarm-*; command printf "$@"; }; ${script}`;
    spawnSync('sh', ['-c', seen]);
    expect(readFileSync(path, 'utf8')).toBe('600\nsecret');
  });
});

const hasSetfacl = ['setfacl', 'getfacl'].every((program) => spawnSync(program, ['--version']).status === 0);

describe.skipIf(!hasSetfacl)('a file with an ACL and extended attributes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-extras-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'kept');
  const make = `umask 027; rm -f "$1"; echo old >"$1"; setfacl -m u:65534:rw "$1"; python3 -c 'import os,sys; os.setxattr(sys.argv[1],"user.a",b"b")' "$1"`;
  const read = `import os,sys; print(os.getxattr(sys.argv[1],"user.a").decode())`;
  const aclOf = (file: string) => spawnSync('getfacl', ['-cpn', file], { encoding: 'utf8' }).stdout.trim().split('\n');
  const write = (mode: string | undefined, words: readonly string[] = ['sh'], before = '') => {
    expect(spawnSync('sh', ['-c', make, 'sh', path]).status).toBe(0);
    const script = `${before}${buildWriteScript(path, Buffer.from('new'), mode === undefined ? {} : { mode })}`;
    expect(spawnSync(words[0] ?? '', [...words.slice(1), '-c', script]).status).toBe(0);
  };

  test.each(posixShells.map((words) => [words.join(' '), words] as const))('%s: keeps them, as far as its mode lets', (_, words) => {
    write('0640', words);
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['new', '0640']);
    expect(aclOf(path)).toEqual(['user::rw-', 'user:65534:rw-\t#effective:r--', 'group::r--', 'mask::r--', 'other::---']);
    expect(spawnSync('python3', ['-c', read, path], { encoding: 'utf8' }).stdout).toBe('b\n');
  });

  test('a mode of the owner alone lets nobody in', () => {
    write('0600');
    expect(aclOf(path)).toEqual(['user::rw-', 'user:65534:rw-\t#effective:---', 'group::---', 'mask::---', 'other::---']);
  });

  test('without a mode it keeps them as they are', () => {
    write(undefined);
    expect(aclOf(path)).toEqual(['user::rw-', 'user:65534:rw-', 'group::r--', 'mask::rw-', 'other::---']);
    expect(spawnSync('python3', ['-c', read, path], { encoding: 'utf8' }).stdout).toBe('b\n');
  });

  test('the new file lets nobody in before its mode is set, and is written where the host has no such programs', () => {
    write('0600', ['sh'], `chmod() { getfacl -cp "$2"; command chmod "$@"; }; `);
    expect(readFileSync(path, 'utf8').split(/\s+/)).toEqual(expect.arrayContaining(['#effective:---', 'group::---', 'other::---', 'new']));
    write('0640', ['sh'], 'setfacl() { return 127; }; getfacl() { return 127; }; cp() { return 1; }; ');
    expect([readFileSync(path, 'utf8'), modeOf(path), aclOf(path).length]).toEqual(['new', '0640', 3]);
  });
});

test.each(posixShells.map((words) => [words.join(' '), words] as const))('%s: a session lists a folder once for leftovers', (_, words) => {
  const [program, ...args] = words;
  const home = mkdtempSync(join(tmpdir(), 'swarm-sweep-'));
  const machine = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
  const leftover = (folder: string, name: string): string => join(home, folder, `.swarm-write.999999999@${machine}@${name}`);
  const write = (path: string): string => buildWriteScript(join(home, path), Buffer.from('x'), {});
  try {
    for (const folder of ['a', 'b']) mkdirSync(join(home, folder));
    for (const [folder, name] of [
      ['a', 'first'],
      ['b', 'first'],
    ] as const)
      writeFileSync(leftover(folder, name), '');
    const session = [write('a/1'), `: >${leftover('a', 'second')}`, write('a/2'), write('b/1')].join('\n');
    expect(spawnSync(program, [...args, '-c', session]).status).toBe(0);
    expect(readdirSync(join(home, 'a')).sort()).toEqual([basename(leftover('a', 'second')), '1', '2']);
    expect(readdirSync(join(home, 'b'))).toEqual(['1']);
  } finally {
    rmSync(home, { recursive: true });
  }
});
