import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSwarm } from '../run-program.ts';

const SOMEBODY = '45678';
const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('a user id without an entry in /etc/passwd, and without HOME', () => {
  let dir: string;
  const under = ['setpriv', '--reuid', SOMEBODY, '--regid', SOMEBODY, '--clear-groups', 'env', '-u', 'HOME', '-u', 'USER', '-u', 'LOGNAME'];
  const named = (words: readonly string[]): readonly string[] => ['-C', '.', ...words]; // everybody may write to this project
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'swarm-nobody-'));
    mkdirSync(join(dir, 'inventory'));
    mkdirSync(join(dir, '.swarm'));
    writeFileSync(
      join(dir, 'inventory/swarm.yml'),
      'hosts:\n  a: { routes: [{ local: 127.0.0.1:9 }] }\n  b: { user: root, routes: [{ local: 127.0.0.1:10 }] }\n',
    );
    writeFileSync(join(dir, 'inventory/known_hosts'), `a ${KEY}\nb ${KEY.replace('8Wc9', '9Wc8')}\n`);
    for (const path of [dir, join(dir, '.swarm')]) chmodSync(path, 0o777);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test.each([[['status']], [['hosts']], [['hosts', 'show', 'a']], [['check']], [['exec', 'localhost', '--', 'id', '-u']]])(
    'swarm %j works',
    async (words) => {
      expect(await runSwarm(dir, named(words), { under })).toMatchObject({ exit: 0, stderr: '' });
    },
  );

  test('an ssh_config that the user may not read counts as none; one that it includes is an error with its path', async () => {
    const home = join(dir, 'home');
    mkdirSync(join(home, '.ssh'), { recursive: true });
    writeFileSync(join(home, '.ssh/secret'), 'Host a\n', { mode: 0o600 });
    writeFileSync(join(home, '.ssh/config'), 'Include secret\n', { mode: 0o600 });
    const withHome = { under: [...under, `HOME=${home}`] };
    expect(await runSwarm(dir, named(['check']), withHome)).toMatchObject({ exit: 0, stderr: '' });
    chmodSync(join(home, '.ssh/config'), 0o644);
    const { exit, stderr } = await runSwarm(dir, named(['check']), withHome);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(`cannot open ${join(home, '.ssh/secret')}: permission denied`);
    expect(stderr).not.toContain('EACCES');
  });

  test('only a login without a name is an error, with what to write where', async () => {
    const { exit, stderr } = await runSwarm(dir, named(['exec', 'a', '--', 'id']), { under });
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^error\[SW5008\]: a: .*there is no user name for the login: user id 45678 has no entry/m);
    expect(stderr).toContain('Write user: NAME for the host into the inventory, or set the variable LOGNAME.');
    expect((await runSwarm(dir, named(['exec', 'b', '--', 'id']), { under })).exit).toBe(4);
    expect((await runSwarm(dir, named(['exec', 'a', '--', 'id']), { under: [...under, 'LOGNAME=me'] })).exit).toBe(4);
  });
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL8Wc9z0Qw3T0m0Xq2mO8k1c9mQd4rB2f6h7Yv0n1p2Q';
