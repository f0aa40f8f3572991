import { expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { fakeModules } from '../fake-modules.ts';
import { fleet } from '../fleet.ts';

const read = (tasks: string, rest = '') =>
  parsePlaybook('test.yml', `- hosts: drones\n${rest}  tasks: [ ${tasks} ]\n`, fakeModules, fleet()).then(
    ({ plays }) => plays[0].usesFacts,
    (error: unknown) => {
      if (!(error instanceof ValidationError)) throw error;
      return error.problems.map(({ message, hint }) => `${message}. ${hint}`);
    },
  );

test.each([
  ['facts.os_famly == "gentoo"', '`facts` has no field `os_famly`. Did you mean `os_family`?'],
  ['"X" in facts.portage.uses', '`facts.portage` has no field `uses`. Did you mean `use`?'],
  ['facts.mount.size() > 0', '`facts` has no field `mount`. Did you mean `mounts`?'],
])('%s is an error with the nearest fact', async (when, problem) => {
  expect(await read(`{ debug: x, when: '${when}' }`)).toEqual([problem]);
});

test.each([
  ['facts.mounts.exists(m, m.path == "/")', true],
  ['has(facts.portage.use)', true],
  ['facts.portage.repositories[0].name == "gentoo"', true],
  ['facts.cores > 2 && facts.init == "openrc"', false],
])('whether swarm has to ask a host: %s: %s', async (when, asks) => {
  expect(await read(`{ debug: x, when: '${when}' }`)).toBe(asks);
});

test('variables and blocks of templates count too', async () => {
  expect(await read('{ debug: "{{#if facts.swap}}x{{/if}}" }')).toBe(true);
  expect(await read('{ debug: "{{#each facts.addresses}}{{ this }}{{/each}}" }')).toBe(true);
  expect(await read('{ debug: "{{ where }}" }', '  vars: { where: "{{ facts.address }}" }\n')).toBe(true);
  expect(await read('{ debug: "{{ where }}" }', '  vars: { where: "{{ facts.cores }}, no facts.address" }\n')).toBe(false);
});
