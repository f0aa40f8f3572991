import { expect, test } from 'vitest';
import assertModule from '../../../modules/flow/assert.ts';
import debugModule from '../../../modules/flow/debug.ts';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { createFleet } from '../fleet.ts';
import { testModules } from '../modules.ts';

const modules = {
  ...testModules,
  names: [...testModules.names, 'assert'],
  load: async (name: string) => (name === 'assert' ? assertModule : testModules.load(name)),
};
const text = (that: string): string => `plays:
  - hosts: all
    tasks:
      - say: { value: { rc: 0, out: "1 == 2" } }
        register: r
      - assert:
          that: ${that}
`;
const codesOf = async (that: string): Promise<readonly string[]> =>
  parsePlaybook('/tmp/x.yml', text(that), modules).then(
    () => [],
    (thrown: unknown) =>
      thrown instanceof ValidationError ? thrown.problems.map(({ code, at }) => `${code} ${at?.line}`) : [String(thrown)],
  );

test.each([
  ['true', 'ok'],
  ['r.rc == 0', 'ok'],
  ['[r.rc == 0, \'version("1.10", ">", "1.9")\']', 'ok'],
  ['r.rc == 1', 'failed'],
  ['[r.rc == 0, r.rc == 1]', 'failed'],
  ['"{{ r.out }}"', 'failed'], // what a host printed is a text, never an expression
])('assert that %s: %s', async (that, outcome) => {
  const { finished } = await createFleet('a').run(text(that), { deps: { modules } });
  expect(finished.at(-1)).toBe(`a assert ${outcome}`);
});

test('a condition of assert is checked with the playbook', async () => {
  expect(await codesOf('r.rc = 0')).toEqual(['SW1107 7']);
  expect(await codesOf('[true, "nope > 1"]')).toEqual([]); // names are checked with an inventory
  expect(await codesOf('"r.rc is failed"')).toEqual(['SW1107 7']);
});

test('debug prints the value of an expression, and what a host printed is not a template', async () => {
  const all = {
    ...testModules,
    names: [...testModules.names, 'debug'],
    load: async (name: string) => (name === 'debug' ? debugModule : testModules.load(name)),
  };
  const { events } = await createFleet('a').run(
    `- hosts: all
  vars: { secret: hidden }
  tasks:
    - { say: { value: { out: "{{ concat '{{' ' secret }}' }}" } }, register: r }
    - debug: { var: r.out }
    - debug: { var: "[size(r.out), 1]" }
`,
    { deps: { modules: all } },
  );
  expect(events.flatMap((event) => (event.type === 'task.output' ? event.lines : []))).toEqual(['{{ secret }}', '[', '  12,', '  1', ']']);
});
