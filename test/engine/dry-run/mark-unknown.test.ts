import { expect, test } from 'vitest';
import { type Change, defineModule, type Json, z } from '../../../src/index.ts';
import type { ModuleSource } from '../../../src/language/playbook/playbook-files.ts';
import { createFleet } from '../fleet.ts';
import { testModules } from '../modules.ts';

/** A module that only looks and finds this, whatever was done before. */
const finds = (found: Json) =>
  defineModule({
    summary: 'x',
    args: z.strictObject({}),
    example: '',
    // biome-ignore lint/correctness/useYield: it only looks
    async *run(): AsyncGenerator<Change, Json, void> {
      return found;
    },
  });

const LOOKING = {
  setup: finds({ facts: { local: { site: { name: 'old' } } } }),
  package_facts: finds({ manager: 'apt', packages: { bash: ['5'] } }),
  service_facts: finds({ services: { sshd: { state: 'running' } } }),
  getent: finds({ database: 'passwd', entries: { root: ['0'] } }),
};
const AS_PUT = ['lineinfile', 'package', 'group', 'user'];
const modules: ModuleSource = {
  names: [...testModules.names, ...Object.keys(LOOKING), ...AS_PUT],
  load: async (name) => LOOKING[name as keyof typeof LOOKING] ?? testModules.load(AS_PUT.includes(name) ? 'put' : name),
};

const write = (path: string): string => `- lineinfile: { path: ${path}, content: new }`;
const PACKAGE = '- package: { path: x, content: y }';
const LOCAL = '/etc/ansible/facts.d';
const LIST = (module: string): string => `- { ${module}: {}, register: out }`;

test.each([
  ['a fact whose file an earlier task writes', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: "{{ facts.local.new.x }}"', 'unknown'],
  ['an expression', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: 1\n  when: facts.local.new.x == 1', 'unknown'],
  ['has()', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: 1\n  when: has(facts.local.new)', 'unknown'],
  ['defined()', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: 1\n  when: defined(facts.local.new.x)', 'unknown'],
  ['a default', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: "{{ default facts.local.new.x 1 }}"', 'unknown'],
  [
    'a default of an expression',
    `${write(`${LOCAL}/new.fact`)}\n- setup: {}`,
    'say: 1\n  when: default(facts.local.new.x, 1) == 1',
    'unknown',
  ],
  ['a variable', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: "{{ it }}"\n  vars: { it: "{{ facts.local.new.x }}" }', 'unknown'],
  ['another host', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: "{{ hostvars.a.facts.local.new.x }}"', 'unknown'],
  ['a fact whose file is written anew', `${write(`${LOCAL}/site.fact`)}\n- setup: {}`, 'say: "{{ facts.local.site.name }}"', 'unknown'],
  ['all facts, one of them unknown', `${write(LOCAL)}\n- setup: {}`, 'say: "{{ facts.local }}"', 'unknown'],
  ['a fact of another file', `${write(`${LOCAL}/new.fact`)}\n- setup: {}`, 'say: "{{ facts.local.site.name }}"', 'ok'],
  ['a file elsewhere', `${write('/etc/x')}\n- setup: {}`, 'say: "{{ facts.local.new.x }}"', 'failed'],
  ['facts that were read before', `- setup: {}\n${write(`${LOCAL}/new.fact`)}`, 'say: "{{ facts.local.new.x }}"', 'failed'],
  ['nothing left undone', '- setup: {}', 'say: "{{ facts.local.new.x }}"', 'failed'],
  ['a package', `${PACKAGE}\n${LIST('package_facts')}`, 'say: "{{ out.packages.htop }}"', 'unknown'],
  ['a package that is there', `${PACKAGE}\n${LIST('package_facts')}`, 'say: "{{ out.packages.bash }}"', 'ok'],
  ['a package, after a file', `${write('/etc/x')}\n${LIST('package_facts')}`, 'say: "{{ out.packages.htop }}"', 'failed'],
  ['a service', `${PACKAGE}\n${LIST('service_facts')}`, 'say: "{{ out.services.nginx.state }}"', 'unknown'],
  ['an account', `- group: { path: web, content: y }\n${LIST('getent')}`, 'say: "{{ out.entries.web }}"', 'unknown'],
])('what a look in a dry run does not find is unknown where a task before may bring it: %s', async (_, before, task, outcome) => {
  const indented = `${before}\n- name: last\n  ${task}`.replace(/^/gm, '      ');
  const { finished } = await createFleet('a').run(`plays:\n  - hosts: drones\n    gather_facts: false\n    tasks:\n${indented}\n`, {
    deps: { modules },
    options: { check: true },
  });
  expect(finished.at(-1)).toBe(`a last ${outcome}`);
});
