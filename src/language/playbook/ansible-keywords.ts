/** Keywords of Ansible that are not supported, with what to write instead. A project's module of the same name comes first. */
export const ANSIBLE_KEYWORDS: Readonly<Record<string, string>> = {
  action: 'write the module as the key: copy: { … }',
  args: 'write all arguments under the module: shell: { cmd: …, chdir: … }',
  async: 'write timeout: 4h; what may outlive a connection is a detached job already',
  become_exe: 'remove it; become_method: is sudo, doas or su',
  become_flags: 'remove it; become_method: is sudo, doas or su',
  collections: 'remove it; swarm modules lists the modules',
  connection: 'for this machine write hosts: localhost or delegate_to: localhost',
  debugger: 'remove it; swarm run --check --diff shows what would happen',
  delegate_facts: 'remove it; facts belong to the machine that told them',
  fact_path: 'remove it; base facts come with every connection',
  first_found: 'write two tasks with when:',
  force_handlers: 'remove it; use a block with always:',
  gather_facts: 'remove it; base facts come with every connection',
  gather_subset: 'remove it; base facts come with every connection',
  ignore_unreachable: 'remove it; an unreachable host never stops the others',
  import_playbook: 'put its plays into this file',
  import_role: 'use import_tasks: FILE.yml',
  include: 'use import_tasks: FILE.yml',
  include_role: 'use import_tasks: FILE.yml',
  include_tasks: 'use import_tasks: FILE.yml, with when: if needed',
  include_vars: 'use vars_files: on the play',
  local_action: 'use delegate_to: localhost',
  meta: 'handlers run at the end of a play: split the play in two',
  module_defaults: 'use a YAML anchor: &name on the first, <<: *name on the others',
  poll: 'remove it; what may outlive a connection is a detached job already',
  port: 'write port: on the host or in its route, in the inventory',
  post_tasks: 'put them at the end of tasks:',
  pre_tasks: 'put them at the beginning of tasks:',
  remote_user: 'write user: in the inventory; become_user: changes it for a task',
  roles: 'use import_tasks: FILE.yml',
  sudo: 'write become: true',
  sudo_user: 'write become: true and become_user:',
  throttle: 'use serial: on the play, or -f on the command line',
  user: 'write user: in the inventory; become_user: changes it for a task',
  vars_prompt: 'declare it in args: of the playbook and give it on the command line',
};

/** The replacement of a keyword, `with_…` of every kind included. */
export function findKeywordHint(key: string): string | undefined {
  if (Object.hasOwn(ANSIBLE_KEYWORDS, key)) return ANSIBLE_KEYWORDS[key];
  if (key === 'with_dict') return 'use loop: with a list of mappings';
  if (key === 'with_sequence') return 'use loop: [1, 2, 3]';
  if (/^with_\w+$/.test(key)) return 'use loop:; the list can stay as it is';
  return undefined;
}
