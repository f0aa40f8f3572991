import { expect, test } from 'vitest';
import type { Host } from '../../../src/core/inventory/host.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { fakeModules } from '../fake-modules.ts';
import { fleet } from '../fleet.ts';

test('the variables of all hosts are read once for all playbooks', async () => {
  let reads = 0;
  const inventory = fleet();
  const hosts = inventory.hosts.map((host): Host => {
    const { vars } = host;
    return {
      ...host,
      get vars() {
        reads++;
        return vars;
      },
    };
  });
  const counted = { ...inventory, hosts };
  const text = '- hosts: drones\n  tasks: [ { debug: "{{ inventory_hostname }}" } ]\n';
  await parsePlaybook('first.yml', text, fakeModules, counted);
  const first = reads;
  await parsePlaybook('second.yml', text, fakeModules, counted);
  expect([first > 0, reads - first]).toEqual([true, 0]);
});
