import { ANSIBLE_LOOPS, findLoopHint } from './ansible-loops.ts';

/** Keywords of Ansible that are not supported, with what to write instead. A project's module of the same name comes first. */
export const ANSIBLE_KEYWORDS: Readonly<Record<string, string>> = {
  action: 'Write the module as the key, for example: command: uptime',
  args: 'Write all arguments under the module, for example: shell: { cmd: "make", chdir: "/srv" }',
  become_exe: 'Remove it. Write become_method: with sudo, doas or su.',
  become_flags: 'Remove it. Write become_method: with sudo, doas or su.',
  collections: 'Remove it. To see the modules, run: swarm modules',
  connection: 'For this machine write hosts: localhost or delegate_to: localhost.',
  debugger: 'Remove it. To see what a run would change, add: --check --diff',
  delegate_facts:
    'Remove it. Facts belong to the host that they come from. What set_fact sets belongs to the host of the task, not to that of delegate_to; others read it as hostvars.HOST.NAME.',
  fact_path: 'Remove it. Files of the host are read in /etc/ansible/facts.d, as facts.local.NAME.',
  first_found: ANSIBLE_LOOPS['with_first_found'] ?? '',
  gather_subset: 'Remove it. swarm asks a host only where a play uses a fact that is not known yet.',
  include: 'Write: include_tasks: FILE.yml',
  local_action: 'Write: delegate_to: localhost',
  port: 'Write port: in the play, or on the host in the inventory.',
  sudo: 'Write: become: true',
  sudo_user: 'Write become: true and become_user: NAME.',
  user: 'Write remote_user: NAME.',
  vars_prompt: 'Declare it in args: of the playbook, with ask: true, or with ask: hidden for a password.',
};

/** The replacement of a keyword, `with_…` of every kind included. */
export function findKeywordHint(key: string): string | undefined {
  if (Object.hasOwn(ANSIBLE_KEYWORDS, key)) return ANSIBLE_KEYWORDS[key];
  return findLoopHint(key);
}
