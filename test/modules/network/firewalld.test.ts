import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import firewalld from '../../../modules/network/firewalld.ts';
import { withPrograms } from '../cases/case.ts';
import { firewall } from '../cases/system-cases.ts';
import { driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-firewalld-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function openZone() {
  const dir = mkdtempSync(join(root, 'zone'));
  const remote = await withPrograms(dir, firewall);
  const run = async (args: Record<string, unknown>): Promise<readonly string[]> => {
    writeFileSync(join(dir, 'state/asked'), '');
    const { changes } = await driveModule(firewalld.run(remote, firewalld.args.parse(args)), remote);
    return changes.map(({ verb, subject }) => `${verb} ${subject}`);
  };
  return { run, dir, last: () => readFileSync(join(dir, 'state/asked'), 'utf8').trim().split('\n').at(-1) };
}

test('a setting is kept in the files where firewalld does not run, and at both places where it does', async () => {
  const { run, dir, last } = await openZone();
  const port = { port: '80/tcp', zone: 'internal' };
  await expect(run(port)).rejects.toThrow('firewalld does not run, so nothing can be changed at once');
  await expect(run({ ...port, permanent: true, immediate: true })).rejects.toThrow('firewalld does not run');
  expect(await run({ ...port, permanent: true, immediate: true, offline: true })).toEqual([
    'create port 80/tcp of zone internal (permanent)',
  ]);
  expect(last()).toBe('--zone=internal --add-port=80/tcp');
  expect(await run({ ...port, permanent: true })).toEqual([]);
  expect(await run({ ...port, permanent: true, state: 'disabled' })).toEqual(['delete port 80/tcp of zone internal (permanent)']);
  writeFileSync(join(dir, 'state/runs'), '');
  expect(await run({ service: 'ssh', permanent: true, immediate: true })).toHaveLength(1); // the stand-in has one place for both
  expect(await run({ service: 'https', timeout: 5 })).toEqual(['create service https of the default zone (immediate)']);
  expect(last()).toBe('--add-service=https --timeout=5');
});

test.each([
  [{ service: 'ssh', zone: 'public', state: 'disabled' }, 'service=ssh', '--zone=public --remove-service-from-zone=ssh'],
  [{ masquerade: false }, 'masquerade', '--remove-masquerade'],
  [{ masquerade: true, state: 'enabled' }, '', '--add-masquerade'],
  [{ interface: 'eth0', zone: 'own' }, '', '--zone=own --change-interface=eth0'],
  [{ port_forward: { port: 80, proto: 'tcp', toport: 8080 } }, '', '--add-forward-port=port=80:proto=tcp:toport=8080:toaddr='],
  [{ zone: 'own', state: 'present' }, '', '--new-zone=own'],
  [{ zone: 'own', state: 'present', target: 'DROP' }, '', '--zone=own --set-target=DROP'],
])('what firewalld is told: %j', async (args, there, expected) => {
  const { run, dir, last } = await openZone();
  if (there !== '') writeFileSync(join(dir, 'state', there), '');
  expect(await run({ ...args, permanent: true })).toHaveLength(1);
  expect(last()).toBe(expected);
  expect(await run({ ...args, permanent: true })).toEqual([]);
});

test('arguments that do not go together are refused', () => {
  for (const wrong of [
    {},
    { service: 'a', port: '1/tcp' },
    { service: 'a', state: 'absent' },
    { zone: 'a' },
    { port: '80' },
    { service: '--x' },
  ])
    expect(firewalld.args.safeParse(wrong).success).toBe(false);
});
