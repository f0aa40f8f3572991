import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Command } from '../../../src/core/connection.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { moduleSource } from '../../../src/engine/module-source.ts';
import { openFactCache } from '../../../src/journal/memory/fact-cache.ts';
import { makeFolder } from '../../setup/project-folder.ts';
import { createFleet, type TestFleet } from '../fleet.ts';
import { lost } from '../machine.ts';
import { testModules } from '../modules.ts';

const isProbe = ({ argv }: Command): boolean => argv.some((word) => word.includes('fact uptime'));

/** One host that answers the probe; `asked` counts how often. */
function hostWithFacts(text = 'address=10.0.0.7\npackage_manager=emerge\n'): { readonly hosts: TestFleet; asked: number } {
  const hosts = createFleet('a');
  const counted = { hosts, asked: 0 };
  hosts.machine('a').program = (command) => {
    if (!isProbe(command)) return {};
    counted.asked += 1;
    return { stdout: text };
  };
  return counted;
}

const USE = '- hosts: drones\n  tasks: [ { put: { path: /a, content: "{{ facts.address }} {{ facts.cores }}" } } ]\n';
const REST = '- hosts: drones\n  tasks: [ { say: "{{ facts.cores }}" } ]\n';

test.each([
  ['a play that uses none', REST, 0],
  ['a task that uses one', USE, 1],
  ['two plays that use one', `${USE}${USE}`, 1],
  ['a condition', '- hosts: drones\n  tasks: [ { say: 1, when: facts.package_manager == "emerge" } ]\n', 1],
  ['a condition about a fact that may be absent', '- hosts: drones\n  tasks: [ { say: 1, when: has(facts.portage) } ]\n', 1],
  ['all facts at once', '- hosts: drones\n  tasks: [ { say: "{{ facts }}" } ]\n', 1],
  ['a variable of the play', '- hosts: drones\n  vars: { ip: "{{ facts.address }}" }\n  tasks: [ { say: "{{ ip }}" } ]\n', 1],
  ['a batch of serial', USE.replace('tasks', 'serial: 1\n  tasks'), 1],
  ['gather_facts: false', REST.replace('tasks', 'gather_facts: false\n  tasks'), 0],
  ['gather_facts: true without a use', REST.replace('tasks', 'gather_facts: true\n  serial: 1\n  tasks'), 1],
  ['gather_facts: true after a play that asked', `${USE}${USE.replace('tasks', 'gather_facts: true\n  tasks')}`, 2],
])('%s: the host is asked as often as needed', async (_, yaml, times) => {
  const counted = hostWithFacts();
  const { state } = await counted.hosts.run(yaml);
  expect(state.errors).toEqual([]);
  expect(counted.asked).toBe(times);
});

test('a task has the facts of the connection and those that the host was asked for', async () => {
  const { hosts } = hostWithFacts();
  await hosts.run(USE);
  expect(hosts.machine('a').files.get('/a')).toBe('10.0.0.7 4');
});

test('a template file that uses a fact, or includes one that does, makes swarm ask', async () => {
  const dir = makeFolder({ 'outer.hbs': 'x {{> inner.hbs}}', 'inner.hbs': '{{ facts.address }}', 'plain.hbs': '{{ facts.cores }}' });
  for (const [src, times] of [
    ['outer.hbs', 1],
    ['plain.hbs', 0],
  ] as const) {
    const counted = hostWithFacts();
    const yaml = `- hosts: drones\n  tasks: [ { template: { src: ${dir}/${src}, dest: /t } } ]\n`;
    await counted.hosts.run(yaml, { deps: { modules: moduleSource(dir) } });
    expect([src, counted.asked]).toEqual([src, times]);
  }
});

test('a fact that the host hides is absent: a use of it fails the task, has() asks for it', async () => {
  const { hosts } = hostWithFacts('package_manager=emerge\n');
  const { state } = await hosts.run(USE);
  expect(state.errors).toMatchObject([{ code: 'SW6014' }]);
  const { finished } = await hosts.run('- hosts: drones\n  tasks: [ { name: t, say: 1, when: "!has(facts.address)" } ]\n');
  expect(finished).toEqual(['a t ok']);
});

test('a probe that fails is a note, and the run goes on without the facts', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').program = (command) => {
    if (isProbe(command)) throw new Error('no shell');
    return {};
  };
  const { state } = await hosts.run('- hosts: drones\n  gather_facts: true\n  tasks: [ { say: 1 } ]\n');
  expect(state.notes).toEqual([expect.stringContaining('a: the facts cannot be read')]);
  expect(state.exit).toBe(0);
});

test('a host that is lost while it is asked counts as unreachable', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').program = () => {
    throw lost('a');
  };
  const { state } = await hosts.run(USE);
  expect(state.hosts.get('a')).toMatchObject({ phase: 'unreachable', tally: { unreachable: 1 } });
});

test('later runs know the facts for an hour, of the same boot, until --flush-cache', async () => {
  const counted = hostWithFacts();
  const dir = makeFolder({});
  let now = 1_000_000;
  const run = async (flush = false, yaml = USE): Promise<number> => {
    const before = counted.asked;
    const { state } = await counted.hosts.run(yaml, { deps: { factCache: openFactCache(dir, flush, () => now) } });
    expect(state.errors).toEqual([]);
    return counted.asked - before;
  };
  expect(await run()).toBe(1);
  expect(await run()).toBe(0);
  expect(await run(false, USE.replace('tasks', 'gather_facts: false\n  tasks'))).toBe(0);
  expect(await run(true)).toBe(1);
  now += 61 * 60 * 1000;
  expect(await run()).toBe(1);
  counted.hosts.machine('a').bootId = 'another boot';
  expect(await run()).toBe(1);
});

const LOCAL = '- hosts: drones\n  tasks: [ { put: { path: /a, content: "{{ facts.local.site.name }}" } } ]\n';
const toLine = (name: string, how: string, text = ''): string => `${name}\t${Buffer.from(text).toString('base64')}\t${how}\n`;

test('files of the host with facts are read only for a play that uses them, and are not kept for other runs', async () => {
  const hosts = createFleet('a');
  let name = 'one';
  let read = 0;
  hosts.machine('a').program = ({ argv }) => {
    if (!argv.some((word) => word.includes('.fact'))) return {};
    read += 1;
    return { stdout: `${toLine('site', 'read', JSON.stringify({ name }))}${toLine('bad', 'late')}` };
  };
  const cache = openFactCache(makeFolder({}), false);
  await hosts.run(USE.replace('{{ facts.address }} ', ''), { deps: { factCache: cache } });
  expect(read).toBe(0);
  const { state } = await hosts.run(`${LOCAL}${LOCAL}`, { deps: { factCache: cache } });
  expect([read, hosts.machine('a').files.get('/a')]).toEqual([1, 'one']);
  expect(state.notes).toEqual(['a: /etc/ansible/facts.d/bad.fact is left out: it did not end within 5 s']);
  name = 'two';
  await hosts.run(LOCAL, { deps: { factCache: cache } });
  expect([read, hosts.machine('a').files.get('/a')]).toEqual([2, 'two']);
});

test('after setup later tasks have the facts that it found', async () => {
  const { hosts } = hostWithFacts('address=10.0.0.7\n');
  const setup: AnyModule = {
    summary: 'x',
    args: z.strictObject({}),
    example: '',
    // biome-ignore lint/correctness/useYield: it changes nothing on the host
    async *run() {
      return { facts: { address: '10.0.0.8' } };
    },
  };
  const yaml = '- hosts: drones\n  tasks: [ { setup: {} }, { put: { path: /a, content: "{{ facts.address }} {{ facts.cores }}" } } ]\n';
  await hosts.run(yaml, {
    deps: {
      modules: {
        ...testModules,
        names: [...testModules.names, 'setup'],
        load: async (name) => (name === 'setup' ? setup : testModules.load(name)),
      },
    },
  });
  expect(hosts.machine('a').files.get('/a')).toBe('10.0.0.8 4');
});
