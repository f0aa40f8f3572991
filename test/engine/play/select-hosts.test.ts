import { expect, test } from 'vitest';
import { selectHosts } from '../../../src/engine/play/select-hosts.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { createFleet } from '../fleet.ts';
import { testModules } from '../modules.ts';

const { inventory } = createFleet('a', 'b');
const playbook = await parsePlaybook(
  'test.yml',
  'args: { on_hosts: { type: string, default: servers } }\nplays: [{ hosts: "{{ on_hosts }}", tasks: [{ command: work }] }]',
  testModules,
);
const select = (value: string) => selectHosts(playbook, inventory, undefined, { on_hosts: value }, Date.now()).plays;

test('a default that no group of the project has is told with the argument to give', () => {
  expect(
    select('a')
      .flat()
      .map(({ name }) => name),
  ).toEqual(['a']);
  expect(() => select('servers')).toThrow(
    expect.objectContaining({
      message: 'no host or group is called `servers`',
      hint: '`servers` is the default of --on-hosts. Name other hosts or groups, such as: --on-hosts all. To see them, run: swarm hosts list',
    }),
  );
  expect(() => select('server')).toThrow(expect.objectContaining({ hint: expect.not.stringContaining('default') }));
});
