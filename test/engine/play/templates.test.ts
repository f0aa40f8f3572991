import { expect, test } from 'vitest';
import { createFleet } from '../fleet.ts';

const playbook = (tasks: string, play = ''): string =>
  `plays:\n  - hosts: drones\n${play}    tasks:\n${tasks.trim().replace(/^/gm, '      ')}\n`;

test('a boolean keyword of a task, a block or a play takes a template, asked on each host', async () => {
  const fleet = createFleet('a', 'b');
  const { finished, state, events } = await fleet.run(
    playbook(
      `
- { name: ignored, fail: {}, ignore_errors: '{{ eq inventory_hostname "a" }}' }
- { name: hidden, say: hunter2, no_log: "{{ on }}" }
- { name: once, say: 1, run_once: "{{ on }}" }
- name: block
  check_mode: "{{ on }}"
  block:
    - { name: checked, put: { path: /x, content: new } }
    - { name: real, put: { path: /y, content: new }, check_mode: false }
    - { name: also, put: { path: /z, content: new }, check_mode: "{{ off }}" }
`,
      '    vars: { on: true, off: false }\n',
    ),
  );
  expect(state.errors.map(({ host }) => host)).toEqual(['b']);
  expect(finished).toEqual([
    ...['a ignored failed', 'b ignored failed', 'a hidden ok', 'a once ok'],
    ...['a checked changed', 'a real changed', 'a also changed'],
  ]);
  expect([...fleet.machine('a').files.keys()]).toEqual(['/y', '/z']);
  expect(JSON.stringify(events)).not.toContain('hunter2');
});

test.each([
  ['ignore_errors: "{{ word }}"', 'ignore_errors: must be true or false, not "no"'],
  ['no_log: "{{ word }}"', 'no_log: must be true or false, not "no"'],
  ['run_once: "{{ word }}"', 'run_once: must be true or false, not "no"'],
  ['become: "{{ word }}"', 'become: must be true or false, not "no"'],
  ['when: word', 'a condition must be true or false, not a text'],
  ['failed_when: word', 'a condition must be true or false, not a text'],
  ['changed_when: word', 'a condition must be true or false, not a text'],
  ['until: word', 'a condition must be true or false, not a text'],
])('a text is never true by accident: %s', async (keyword, message) => {
  const { state } = await createFleet('a').run(playbook(`- say: 1\n  ${keyword}\n  vars: { word: "no" }`));
  expect(state.errors).toMatchObject([{ code: 'SW6014', message, hint: expect.stringMatching(/\bbool[ (]x/) }]);
});

test('the keywords of a play take templates', async () => {
  const fleet = createFleet('a', 'b', 'c');
  const play = '    vars: { size: 1, few: 0, stop: true }\n    serial: ["{{ size }}", "50%"]\n    any_errors_fatal: "{{ stop }}"\n';
  const { finished, state } = await fleet.run(
    playbook('- { name: one, say: 1 }\n- { name: two, fail: {}, when: inventory_hostname == "b" }', play),
  );
  expect(finished).toEqual(['a one ok', 'a two skipped', 'b one ok', 'b two failed']);
  expect(state.exit).toBe(8);
});

test.each([
  ['serial: "{{ word }}"', 'serial: must be a number of hosts or "30%", not "no"'],
  ['max_fail_percentage: "{{ word }}"', 'max_fail_percentage: must be a number, not "no"'],
  ['force_handlers: "{{ word }}"', 'force_handlers: must be true or false, not "no"'],
])('a wrong value of a play stops it before its first task: %s', async (keyword, message) => {
  const { state, finished } = await createFleet('a').run(playbook('- say: 1', `    vars: { word: "no" }\n    ${keyword}\n`));
  expect(state.errors).toMatchObject([{ code: 'SW6014', message }]);
  expect(finished).toEqual([]);
});
