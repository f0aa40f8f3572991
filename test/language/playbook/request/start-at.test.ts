import { expect, test } from 'vitest';
import type { Playbook } from '../../../../src/core/playbook/playbook-model.ts';
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

test('ROLE : NAME starts at the task of that role, as --list-tasks shows it', () => {
  const at = { file: 'p.yml', line: 1, column: 1, length: 1, text: '' };
  const task = (name: string) => ({ kind: 'task', name, tags: [], at });
  const roleOf = (name: string) => ({
    kind: 'block',
    name,
    role: { name, path: `/roles/${name}` },
    block: [task('Install')],
    rescue: [],
    always: [],
  });
  const playbook = { plays: [{ steps: [roleOf('db'), roleOf('web')] }] } as unknown as Playbook;
  expect(startAt(playbook, 'web : Install').plays[0].steps).toMatchObject([{ name: 'web' }]);
  expect(startAt(playbook, 'Install').plays[0].steps).toHaveLength(2);
  expect(() => startAt(playbook, 'web : Other')).toThrow('no task is called `web : Other`');
});

test('a name that no task has is an error with the nearest one', async () => {
  await expect(createFleet('a').run(PLAYBOOK, { change: (playbook) => startAt(playbook, 'thre') })).rejects.toMatchObject({
    code: 'SW1203',
    hint: 'Did you mean: --start-at "three"',
  });
});
