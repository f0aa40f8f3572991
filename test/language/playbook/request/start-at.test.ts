import { expect, test } from 'vitest';
import { startAt } from '../../../../src/language/playbook/request/start-at.ts';
import { createFleet } from '../../../engine/fleet.ts';

const PLAYBOOK = `plays:
  - { name: Earlier, hosts: drones, tasks: [{ name: zero, say: 0 }] }
  - name: Later
    hosts: drones
    tasks:
      - { name: one, say: 1 }
      - name: block
        vars: { word: x }
        block: [{ name: two, say: 1 }, { name: three, say: "{{ word }}" }]
        always: [{ name: four, say: 1 }]
      - { name: five, say: 1 }
`;

test.each([
  ['one', ['a one ok', 'a two ok', 'a three ok', 'a four ok', 'a five ok']],
  ['block', ['a two ok', 'a three ok', 'a four ok', 'a five ok']],
  ['three', ['a three ok', 'a four ok', 'a five ok']],
  ['four', ['a four ok', 'a five ok']],
  ['five', ['a five ok']],
])('a run that starts at %s leaves out what comes before', async (name, expected) => {
  const { finished, state } = await createFleet('a').run(PLAYBOOK, { change: (playbook) => startAt(playbook, name) });
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(expected);
});

test('a name that no task has is an error with the nearest one', async () => {
  await expect(createFleet('a').run(PLAYBOOK, { change: (playbook) => startAt(playbook, 'thre') })).rejects.toMatchObject({
    code: 'SW1203',
    hint: 'Did you mean: --start-at "three"',
  });
});
