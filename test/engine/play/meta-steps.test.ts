import { expect, test } from 'vitest';
import type { Vars } from '../../../src/core/json-value.ts';
import { createFleet } from '../fleet.ts';
import { lost } from '../machine.ts';

const three = () => createFleet('a', 'b', 'c');
const fail = (where: string): string => `{ name: work, command: x, changed_when: 'false', failed_when: inventory_hostname == "${where}" }`;

test('clear_host_errors lets a host that failed go on, and the run fails all the same', async () => {
  const { finished, state } = await three().run(`
- hosts: drones
  tasks:
    - ${fail('b')}
    - { name: others, say: 1 }
    - meta: clear_host_errors
    - { name: all, say: 1 }
- { hosts: drones, tasks: [{ name: next play, say: 1 }] }
`);
  expect(finished.slice(3)).toEqual([
    ...['a others ok', 'c others ok', 'a all ok', 'c all ok', 'b all ok'],
    ...['a next play ok', 'b next play ok', 'c next play ok'],
  ]);
  expect(state.exit).toBe(2);
});

test('clear_host_errors in a block with always brings back whoever failed before the block', async () => {
  const { finished } = await three().run(`
- hosts: drones
  tasks:
    - ${fail('b')}
    - block:
        - meta: clear_host_errors
        - { name: inner, say: 1 }
      always: [{ name: last, say: 1 }]
    - { name: after, say: 1 }
`);
  expect(finished.filter((each) => each.startsWith('b '))).toEqual(['b work failed', 'b inner ok', 'b last ok', 'b after ok']);
});

test('a second clear_host_errors runs nothing twice', async () => {
  const { finished } = await three().run(`
- hosts: drones
  tasks: [${fail('b')}, { meta: clear_host_errors }, { meta: clear_host_errors }, { name: all, say: 1 }]
`);
  expect(finished.slice(3)).toEqual(['a all ok', 'c all ok', 'b all ok']);
});

test('clear_host_errors connects again to a host that did not answer, and leaves out one that still does not', async () => {
  const fleet = three();
  fleet.machine('b').refusals.push(lost('b'));
  fleet.machine('c').refusals.push(lost('c'), lost('c'), lost('c'));
  const { finished } = await fleet.run(`
- hosts: drones
  tasks: [{ name: first, say: 1 }, { meta: clear_host_errors }, { name: all, say: 1 }]
`);
  expect(finished).toEqual(['a first ok', 'a all ok', 'b all ok']);
});

test('clear_host_errors is refused where hosts do not wait for each other', async () => {
  await expect(three().run('- { hosts: drones, strategy: free, tasks: [{ block: [{ meta: clear_host_errors }] }] }')).rejects.toMatchObject(
    {
      problems: [{ code: 'SW1104', message: 'meta: clear_host_errors needs hosts that wait for each other' }],
    },
  );
});

test('clear_facts forgets the facts of earlier plays and runs, and asks again', async () => {
  const fleet = createFleet('a');
  const kept = new Map<string, Vars>();
  const cache = {
    get: (host: string) => kept.get(host),
    set: (host: string, _boot: string, facts: Vars) => void kept.set(host, facts),
    forget: (host: string) => void kept.delete(host),
  };
  kept.set('a', { interfaces: 'old' });
  let asked = 0;
  fleet.machine('a').program = () => {
    asked += 1;
    return { stdout: '' };
  };
  const { state } = await fleet.run(
    `
- hosts: drones
  tasks:
    - { put: { path: /before, content: "{{ default facts.interfaces 'none' }}" } }
    - meta: clear_facts
    - { put: { path: /after, content: "{{ default facts.interfaces 'none' }}" } }
`,
    { deps: { factCache: cache } },
  );
  expect(state.errors).toEqual([]);
  expect(asked).toBe(1);
  expect(fleet.machine('a').files.get('/before')).toBe('old');
  expect(fleet.machine('a').files.get('/after')).not.toBe('old');
});

test('clear_facts on a host that is lost ends that host alone', async () => {
  const fleet = createFleet('a', 'b');
  const { finished, state } = await fleet.run(
    '- { hosts: drones, gather_facts: true, tasks: [{ name: first, say: 1 }, { meta: clear_facts }, { name: last, say: 1 }] }',
    {
      deps: {
        factCache: {
          get: () => undefined,
          set: () => undefined,
          forget(host) {
            if (host !== 'b') return;
            fleet.machine('b').refusals.push(lost('b'));
            fleet.machine('b').cut();
          },
        },
      },
    },
  );
  expect(finished.filter((each) => each.includes('last'))).toEqual(['a last ok']);
  expect(state.exit).toBe(4);
});

test('host_pinned runs each host to its end before it begins another, as many at a time as there are forks', async () => {
  const plays = (strategy: string): string => `
- hosts: drones
  strategy: ${strategy}
  tasks: [{ name: one, command: x, changed_when: 'false' }, { name: two, command: x, changed_when: 'false' }]
`;
  const { finished } = await three().run(plays('host_pinned'), { options: { forks: 1 } });
  expect(finished).toEqual(['a one ok', 'a two ok', 'b one ok', 'b two ok', 'c one ok', 'c two ok']);
  const free = await three().run(plays('free'), { options: { forks: 1 } });
  expect(free.finished).not.toEqual(finished);
});

test.each([
  ['inventory', ['b', 'c', 'a']],
  ['reverse_inventory', ['a', 'c', 'b']],
  ['sorted', ['a', 'b', 'c']],
  ['reverse_sorted', ['c', 'b', 'a']],
  ['shuffle', ['c', 'b', 'a']],
])('order: %s', async (order, expected) => {
  const { finished } = await createFleet('b', 'c', 'a').run(
    `- { hosts: drones, order: ${order}, serial: 1, tasks: [{ name: x, say: 1 }] }`,
  );
  expect(finished.map(([host]) => host)).toEqual(expected);
});
