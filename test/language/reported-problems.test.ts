import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatError } from '../../src/core/error/error-text.ts';
import { type ErrorJson, ValidationError } from '../../src/core/error/swarm-error.ts';
import { errorCodes } from '../../src/core/error-codes.ts';
import { readInventory } from '../../src/language/inventory/read-inventory.ts';
import { readPlaybook } from '../../src/language/playbook/read-playbook.ts';
import { fakeModules } from './fake-modules.ts';
import { fixtures, fleet, fleetSource } from './fleet.ts';

const dir = join(fixtures, 'faults');
const names = readdirSync(dir).filter((name) => name.startsWith('SW') && name.endsWith('.yml'));
const twin = { hostKeys: [{ type: 'ssh-ed25519', blob: 'AAAA' }] };
const identities = new Map([
  ['twin-a', twin],
  ['twin-b', twin],
]);

/** Errors, and the warnings of an inventory that may be used all the same. */
async function readProblems(name: string): Promise<readonly ErrorJson[]> {
  try {
    if (!name.endsWith('.playbook.yml')) return readInventory({ ...fleetSource, dir, paths: [name], identities }).warnings ?? [];
    await readPlaybook(join(dir, name), fakeModules, { ...fleet(), dir });
    return [];
  } catch (thrown) {
    if (thrown instanceof ValidationError) return thrown.problems.map((problem) => problem.toJSON());
    throw thrown;
  }
}

/** `npx vitest run test/language -u` writes the texts anew; read them before they are kept. */
test.each(names)('%s is told as it is written down', async (name) => {
  const problems = await readProblems(name);
  const told = `${problems.map((problem) => formatError(problem)).join('\n\n')}\n`;
  await expect(told).toMatchFileSnapshot(join(dir, name.replace(/\.yml$/, '.txt')));
  expect(problems.map(({ code }) => code)).toContain(name.slice(0, 6));
  for (const { at } of problems) expect(at?.line, 'every problem has a place').toBeGreaterThan(0);
});

test('every code for what a person wrote has a file that earns it', () => {
  const elsewhere = ['SW1305', 'SW1307', 'SW1309', 'SW1310', 'SW1312', 'SW1117', 'SW1118']; // told by the connection, and by the readers of known_hosts, saved plans, ssh_config and projects
  const ours = Object.keys(errorCodes).filter((code) => /^SW1[013]/.test(code) && !elsewhere.includes(code));
  expect(ours.filter((code) => !names.some((name) => name.startsWith(code)))).toEqual([]);
});
