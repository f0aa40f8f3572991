import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../../../src/core/error/swarm-error.ts';
import type { Inventory } from '../../../../src/core/inventory/inventory.ts';
import type { Json, Vars } from '../../../../src/core/json-value.ts';
import { moduleSource } from '../../../../src/engine/module-source.ts';
import { evaluateExpression } from '../../../../src/language/expression/evaluate-expression.ts';
import { parseExpression } from '../../../../src/language/expression/parse-expression.ts';
import { parseInventory } from '../../../../src/language/inventory/read-inventory.ts';
import { ANSIBLE_LOOPS, findLoopHint } from '../../../../src/language/playbook/ansible/ansible-loops.ts';
import { listAnsibleModules } from '../../../../src/language/playbook/ansible/ansible-modules.ts';
import { parsePlaybook } from '../../../../src/language/playbook/read-playbook.ts';
import { fleetSource } from '../../fleet.ts';

const modules = moduleSource();
const fleet = parseInventory(fleetSource, 'inventory/swarm.yml', 'hosts: { one: { routes: [ { local: 10.0.0.9 } ] } }\n');

async function hintsOf(task: string, inventory?: Inventory): Promise<readonly string[]> {
  try {
    await parsePlaybook(
      '/tmp/x.yml',
      `vars: { password: secret }\nplays:\n  - hosts: all\n    tasks:\n      - ${task}\n`,
      modules,
      inventory,
    );
    return [];
  } catch (thrown) {
    if (thrown instanceof ValidationError) return thrown.problems.map(({ hint, message }) => hint ?? message);
    throw thrown;
  }
}

describe('a module of Ansible is answered with what does the same', () => {
  test.each(listAnsibleModules())('%s', async (name, hint) => {
    expect(modules.names).not.toContain(name);
    expect(await hintsOf(`${name}: { name: x }`)).toEqual([hint]);
    expect(await hintsOf(`community.general.${name}: { name: x }`)).toEqual([hint]);
    const example = /Write: (.*)$/.exec(hint)?.[1];
    if (example !== undefined) expect(await hintsOf(example)).toEqual([]);
    const renamed = /^Rename it to (\w+):/.exec(hint)?.[1];
    if (renamed !== undefined) expect(modules.names).toContain(renamed);
  });
});

describe('a variable of Ansible is answered with a text that is accepted as it stands', () => {
  test.each([
    ['ansible_facts.x', 'facts.NAME', 'debug: "{{ facts.os_family }}"'],
    ['ansible_failed_task', 'failed_result.task', 'debug: "{{ failed_result.task }}"'],
    ['ansible_host', 'host.address', 'debug: "{{ host.address }}"'],
    ['ansible_env.PATH', 'facts.path', 'debug: "{{ facts.path }}"'],
    ['ansible_env.LANG', 'run a command: printenv NAME', '{ command: printenv LANG, register: lang }\n      - debug: "{{ lang.stdout }}"'],
    ['ansible_date_time.date', 'the function now', 'debug: "{{ now \\"%F\\" }}"'],
    ['ansible_date_time.epoch', 'the variable run_id', 'debug: "{{ run_id }}"'],
    ['ansible_memtotal_mb', 'facts.memory,', 'debug: "{{ facts.memory }}"'],
    ['ansible_memfree_mb', 'facts.memory_available', 'debug: "{{ facts.memory_available }}"'],
    ['ansible_swaptotal_mb', 'facts.swap', 'debug: "{{ facts.swap }}"'],
    ['ansible_local.site', 'facts.local.NAME', 'debug: "{{ facts.local.site }}"'],
    ['ansible_play_hosts', 'hosts', 'debug: "{{ hosts }}"'],
    ['ansible_hostname', 'facts.hostname', 'debug: "{{ facts.hostname }}"'],
    ['inventory_hostname_short', '{{ first (split inventory_hostname ".") }}', `debug: '{{ first (split inventory_hostname ".") }}'`],
    ['None', 'null', '{ debug: x, when: check_mode != null }'],
    ['True', 'true', '{ debug: x, when: check_mode == true }'],
    ['ansible_loop.last', '@last', 'debug: "{{#each hosts}}{{ @index }}{{#if @last}}.{{/if}}{{/each}}"'],
    ['ansible_loop.index0', 'index_var', '{ debug: "{{ i }}", loop: "[1]", loop_control: { index_var: i } }'],
  ])('%s: %s', async (name, part, task) => {
    expect(await hintsOf(`debug: "{{ ${name} }}"`, fleet)).toEqual([expect.stringContaining(part)]);
    expect(await hintsOf(task, fleet)).toEqual([]);
  });
});

test.each([
  ['file: { path: ~/.kube, state: directory }', 'file: { path: "{{ facts.home }}/.kube", state: directory }'],
  ['command: { cmd: make, chdir: ~/src }', 'command: { cmd: make, chdir: "{{ facts.home }}/src" }'],
  ['shell: { cmd: make, creates: "~" }', 'shell: { cmd: make, creates: "{{ facts.home }}" }'],
  ['find: { paths: [~/a] }', 'find: { paths: ["{{ facts.home }}/a"] }'],
])('a path that begins with ~ is answered with a text that is accepted: %s', async (task, advised) => {
  const [hint = ''] = await hintsOf(task);
  const written = /write: (".*")$/.exec(hint)?.[1] ?? 'no advice';
  expect(advised).toContain(written);
  expect(await hintsOf(advised)).toEqual([]);
});

describe('a loop of Ansible is answered with an expression of the same entries', () => {
  const scope = {
    a: [1, 2],
    b: ['x', 'y'],
    list: [1, [2, [3]]],
    mapping: { k: 1 },
    users: [{ name: 'joe', keys: ['k1', 'k2'] }],
    groups: { all: ['h1', 'h2'] },
    inventory_hostname: 'h1',
  };
  const entries: Readonly<Record<string, Json>> = {
    with_cartesian: [
      [1, 'x'],
      [1, 'y'],
      [2, 'x'],
      [2, 'y'],
    ],
    with_dict: [{ key: 'k', value: 1 }],
    with_flattened: [1, 2, 3],
    with_inventory_hostnames: ['h1', 'h2'],
    with_nested: [
      [1, 'x'],
      [1, 'y'],
      [2, 'x'],
      [2, 'y'],
    ],
    with_sequence: [1, 2, 3],
    with_subelements: [
      [scope.users[0] as Json, 'k1'],
      [scope.users[0] as Json, 'k2'],
    ],
    with_together: [
      [1, 'x'],
      [2, 'y'],
    ],
  };

  test.each(Object.entries(ANSIBLE_LOOPS))('%s: %s', async (name, hint) => {
    expect(findLoopHint(name.replace('with_', 'with_ansible.builtin.'))).toBe(hint);
    const example = /Write: (.*)$/.exec(hint)?.[1];
    if (example === undefined) return;
    expect(await hintsOf(`debug: x\n        ${example}`)).toEqual([]);
    if (entries[name] === undefined) return;
    const text = example.replace(/^loop: /, '').replace(/^'(.*)'$/, '$1');
    const at = { file: 'p.yml', line: 1, column: 1, length: text.length, text };
    expect(evaluateExpression(parseExpression(text, at), scope as Vars)).toEqual(entries[name]);
  });
});

test.each([
  ['debug: "{{ item }}"\n        with_items: [a, b]', 'Rename it to loop:. The list stays as it is.'],
  ['rescue: [ { debug: a } ]', 'Write the tasks before it: block: [ … ], with rescue: beside block:'],
  ["debug: x\n        when: inventory_hostname not in groups['all']", "Write: !contains(groups['all'], inventory_hostname)"],
])('one mistake is one error: %s', async (task, hint) => {
  expect(await hintsOf(task)).toEqual([hint]);
});
