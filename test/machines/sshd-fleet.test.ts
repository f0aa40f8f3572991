import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPins } from '../../src/remote/identity/pins.ts';
import { sshdProgram } from './sshd.ts';
import { startSshdFleet } from './sshd-fleet.ts';

describe.skipIf(sshdProgram === undefined)('a fleet of test hosts', () => {
  test('comes with a project whose inventory names them and whose known_hosts trusts them', async () => {
    await using three = await startSshdFleet(3);
    const pins = readPins(join(three.project, 'inventory/known_hosts'));
    expect(three.hosts.map(({ name }) => pins.get(name))).toEqual(three.hosts.map(({ identity }) => identity));
    const inventory = readFileSync(join(three.project, 'inventory/swarm.yml'), 'utf8');
    for (const { port } of three.machines) expect(inventory).toContain(`127.0.0.1:${port}`);
  });
});
