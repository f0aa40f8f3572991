import { expect, test } from 'vitest';
import { ValidationError } from '../../../../src/core/error/swarm-error.ts';
import { moduleSource } from '../../../../src/engine/module-source.ts';
import { parsePlaybook } from '../../../../src/language/playbook/read-playbook.ts';

const modules = moduleSource();

async function problemsOf(task: string): Promise<readonly string[]> {
  try {
    await parsePlaybook('/tmp/x.yml', `plays:\n  - hosts: all\n    tasks:\n      - ${task}\n`, modules);
    return [];
  } catch (thrown) {
    if (thrown instanceof ValidationError) return thrown.problems.map(({ hint, message }) => hint ?? message);
    throw thrown;
  }
}

test.each([
  ['debug: msg=hi', 'debug: { msg: hi }'],
  ['debug: msg="hi {{ inventory_hostname }}"', 'debug: { msg: "hi {{ inventory_hostname }}" }'],
  ['file: dest=/x state=absent', 'file: { path: /x, state: absent }'],
  ['copy: src=a dest=/x mode=0644 backup=yes', 'copy: { src: a, dest: /x, mode: "0644", backup: true }'],
  ['apt: "name={{ inventory_hostname }} state=present"', 'apt: { name: "{{ inventory_hostname }}", state: present }'],
  ['set_fact: size=3', 'set_fact: { size: 3 }'],
  ['command: make install creates=/x chdir=/srv', 'command: { cmd: make install, creates: /x, chdir: /srv }'],
  ['shell: chdir=/srv make', 'shell: { cmd: make, chdir: /srv }'],
])('arguments in a text, as in %s, are refused with the mapping, which is right', async (task, mapping) => {
  expect(await problemsOf(task)).toEqual([`Write: ${mapping}`]);
  expect((await problemsOf(mapping)).filter((hint) => !hint.startsWith('Put the file at'))).toEqual([]);
});

test.each(['debug: the msg=hi', 'debug: a=b', 'command: dd if=/x of=/y', 'shell: A=1 make', 'fail: state=x is wrong', 'package: htop'])(
  'a text is left alone: %s',
  async (task) => {
    expect(await problemsOf(task)).toEqual([]);
  },
);
