import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import ufw from '../../../modules/network/ufw.ts';
import { ufwHost } from '../cases/system-cases.ts';
import { driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-ufw-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(dir: string, args: Record<string, unknown>): Promise<readonly string[]> {
  const remote = await ufwHost(dir);
  const { changes } = await driveModule(ufw.run(remote, ufw.args.parse(args)), remote);
  return changes.map(({ verb, subject }) => `${verb} ${subject}`);
}

test.each([
  [
    {
      rule: 'allow',
      insert: 2,
      direction: 'incoming',
      interface: 'eth0',
      log: true,
      from_ip: '10.0.0.0/8',
      to_port: '80,443',
      proto: 'tcp',
      comment: 'a b',
    },
    'insert 2 allow in on eth0 log from 10.0.0.0/8 to any port 80,443 proto tcp comment a b',
  ],
  [
    { rule: 'deny', route: true, delete: true, insert: 2, interface_in: 'a', interface_out: 'b' },
    'route delete deny in on a out on b from any to any',
  ],
  [{ rule: 'limit', name: 'OpenSSH' }, 'limit from any to any app OpenSSH'],
])('a rule has the words of ufw: %j', async (args, expected) => {
  const dir = mkdtempSync(join(root, 'rule'));
  expect(await run(dir, args)).toEqual([`create rule ${expected}`]);
  expect(readFileSync(join(dir, 'state/asked'), 'utf8')).toBe(`${expected}\n`);
});

test('settings are compared with the files of ufw, and the firewall is turned on last', async () => {
  const dir = mkdtempSync(join(root, 'state'));
  const all = { rule: 'allow', to_port: 22, default: 'deny', logging: 'full', state: 'enabled' };
  expect((await run(dir, all)).at(-1)).toBe('update firewall');
  expect(await run(mkdtempSync(join(root, 'same')), { default: 'deny', direction: 'routed', logging: 'on', state: 'disabled' })).toEqual(
    [],
  );
  expect(await run(mkdtempSync(join(root, 'off')), { state: 'reloaded' })).toEqual([]);
});

test('what ufw refuses is an error with its words', async () => {
  const dir = mkdtempSync(join(root, 'bad'));
  const remote = await ufwHost(dir);
  writeFileSync(join(dir, 'state/bin/ufw'), '#!/bin/sh\necho "ERROR: Bad port" >&2; exit 1\n', { mode: 0o755 });
  const args = ufw.args.parse({ rule: 'allow', to_port: '22:1' });
  await expect(driveModule(ufw.run(remote, args), remote)).rejects.toThrow('rule allow from any to any port 22:1: ERROR: Bad port');
  for (const wrong of [{}, { rule: 'allow', interface: 'a' }, { rule: 'allow', to_ip: '--help' }, { rule: 'allow', name: '-x' }])
    expect(ufw.args.safeParse(wrong).success).toBe(false);
});
