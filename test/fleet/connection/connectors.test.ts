import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { createConnector } from '../../../src/fleet/connection/connectors.ts';
import { sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { neverAborted } from '../../remote/test-options.ts';
import { makeInventory } from '../inventory-hosts.ts';

test.skipIf(sshdProgram === undefined)('a jump host that answers again is told, as nothing else tells that it is used', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-connectors-'));
  await using inner = await startSshd();
  await using gate = await startSshd();
  const behind = trustedHost(inner, 'behind', {
    routes: [{ kind: 'jump', via: 'gate' as HostName, address: '127.0.0.1', port: inner.port }],
  });
  const events: RunEventData[] = [];
  const connect = createConnector(
    { dir, inventory: makeInventory(trustedHost(gate, 'gate'), behind), pinsFile: join(dir, 'known_hosts'), runsDir: join(dir, 'runs') },
    (fact) => void events.push(fact),
  );
  await gate.stop();
  await expect(connect(behind, neverAborted)).rejects.toMatchObject({ code: 'SW2001' });
  await gate.start();
  for (let time = 0; time < 2; time++) {
    await using link = await connect(behind, neverAborted);
    expect(link.route.kind).toBe('jump');
  }
  expect(events.map((event) => [event.type, 'host' in event ? event.host : undefined])).toEqual([
    ['route.setAside', 'gate'],
    ['route.setAside', 'behind'],
    ['route.proven', 'gate'],
  ]);
  await rm(dir, { recursive: true, force: true });
});
