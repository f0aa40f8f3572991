import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { withPlayLogin } from '../../../src/core/inventory/play-login.ts';
import { createConnector } from '../../../src/fleet/connection/connectors.ts';
import type { Project } from '../../../src/fleet/project/project.ts';
import { readRouteMemory } from '../../../src/journal/memory/route-memory.ts';
import { sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { neverAborted } from '../../remote/test-options.ts';
import { makeInventory } from '../inventory-hosts.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-connectors-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const projectOf = (...hosts: readonly Host[]): Project => ({
  dir,
  inventory: makeInventory(...hosts),
  pinsFile: join(dir, 'known_hosts'),
  runsDir: join(dir, 'runs'),
});
const noSshd = sshdProgram === undefined;

test.skipIf(noSshd)('a jump host that answers again is told, as nothing else tells that it is used', async () => {
  await using inner = await startSshd();
  await using gate = await startSshd();
  const behind = trustedHost(inner, 'behind', {
    routes: [{ kind: 'jump', via: 'gate' as HostName, address: '127.0.0.1', port: inner.port }],
  });
  const events: RunEventData[] = [];
  const connect = createConnector(projectOf(trustedHost(gate, 'gate'), behind), (fact) => void events.push(fact));
  await gate.stop();
  await expect(connect(behind, neverAborted)).rejects.toMatchObject({ code: 'SW2001' });
  await gate.start();
  for (let time = 0; time < 2; time++) {
    await using link = await connect(behind, neverAborted);
    expect(link.route.kind).toBe('jump');
    await vi.waitFor(() => expect(readRouteMemory(dir, Date.now()).cores.get('gate')).toBeGreaterThan(0));
  }
  expect(events.map((event) => [event.type, 'host' in event ? event.host : undefined])).toEqual([
    ['route.setAside', 'gate'],
    ['route.setAside', 'behind'],
    ['route.proven', 'gate'],
  ]);
});

test.skipIf(noSshd)('a login that a play names and the host refuses does not make the host unreachable for later commands', async () => {
  await using machine = await startSshd();
  const refusedLogin = async (host: Host, user?: string): Promise<void> => {
    const asked = user === undefined ? { ...host, login: { ...host.login, keys: [] } } : withPlayLogin(host, { user });
    await expect(createConnector(projectOf(host), () => undefined)(asked, neverAborted)).rejects.toMatchObject({ host: host.name });
  };
  await refusedLogin(trustedHost(machine, 'of-a-play'), 'nobody-here');
  await refusedLogin(trustedHost(machine, 'silent', { routes: [{ kind: 'local', address: '127.0.0.1', port: 1 }] }), 'nobody-here');
  await refusedLogin(trustedHost(machine, 'of-the-inventory'));
  await vi.waitFor(() => {
    const { unreachable } = readRouteMemory(dir, Date.now());
    expect([...unreachable.keys()].filter((name) => name.includes('of-') || name === 'silent').toSorted()).toEqual([
      'of-the-inventory',
      'silent',
    ]);
  });
});
