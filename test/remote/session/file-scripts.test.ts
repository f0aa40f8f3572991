import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
