import { expect, test } from 'vitest';
import { droneErrors, examineDrones } from '../../../src/builds/target/examine-drones.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import type { Probe } from '../../../src/core/module.ts';

test('drones that give no answer are named in the order of the inventory, not as their errors came', async () => {
  const rejects = new Map<string, () => void>();
  const probe = {
    host: { name: 'orchestrator' },
    signal: new AbortController().signal,
    emit: () => {},
    onHost: (name: HostName) =>
      new Promise((_, reject) => rejects.set(name, () => reject(new SwarmError('SW2001', 'no answer', { host: name })))),
  } as unknown as Probe;
  const asking = examineDrones(
    probe,
    { ...defaultTarget({ path: '/srv' }), hosts: ['d1', 'd2', 'd3'] as HostName[] },
    { config: null, among: [] },
  );
  const thrown = asking.catch((error: unknown) => error);
  for (const name of ['d3', 'd1', 'd2']) {
    rejects.get(name)?.();
    await Promise.resolve();
  }
  expect(droneErrors((await thrown) as SwarmError).map(({ host }) => host)).toEqual(['d1', 'd2', 'd3']);
});
