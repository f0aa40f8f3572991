import { ownValue } from '../../../core/own-value.ts';

const BECOME = 'Write become: true in the play, or in the inventory. swarm exec has -b.';
const LOGIN = 'Write user: and identity_file: in the inventory; in one of Ansible ansible_user and ansible_ssh_private_key_file.';
const VAULT = 'Write a secret as { secret: { from: "env:NAME" } } instead of a vault.';
const ROUTES = 'Write how a host is reached in the inventory: docs/logins.md and docs/inventories.md.';
const KEYS = 'Use a key: swarm logs in with no password (docs/logins.md). For the password of sudo, add -K.';
const AD_HOC = 'For a module, run: swarm task HOSTS MODULE NAME=VALUE. For a command, run: swarm exec HOSTS -- COMMAND';
const HOSTS = 'For what the inventory has, run: swarm hosts list, swarm hosts show NAME or swarm explain vars --host NAME';

/** Options of Ansible's programs that no command of swarm has, and what to do instead. */
const OPTIONS: Readonly<Record<string, string>> = {
  ...{ '-b': BECOME, '--become': BECOME, '--become-user': BECOME, '--become-method': BECOME },
  '--become-password-file': 'Add -K and send the password as the first line of standard input.',
  ...{ '-k': KEYS, '--ask-pass': KEYS, '-c': ROUTES, '--connection': ROUTES },
  ...{ '-u': LOGIN, '--user': LOGIN, '--private-key': LOGIN, '--key-file': LOGIN },
  ...{ '--ssh-common-args': ROUTES, '--ssh-extra-args': ROUTES, '--scp-extra-args': ROUTES, '--sftp-extra-args': ROUTES },
  ...{ '-J': VAULT, '--ask-vault-pass': VAULT, '--ask-vault-password': VAULT, '--vault-id': VAULT, '--vault-password-file': VAULT },
  ...{ '-m': AD_HOC, '--module-name': AD_HOC, '-a': AD_HOC, '--args': AD_HOC },
  ...{ '--list': HOSTS, '--graph': HOSTS, '--host': HOSTS },
  ...{ '-M': 'Put the modules into modules/ of the project.', '--module-path': 'Put the modules into modules/ of the project.' },
  ...{ '-B': 'Add: --detach', '--background': 'Add: --detach', '-D': 'Add: --diff' },
  '--start-at-task': 'Add: --start-at NAME',
  '--extra-vars': 'Add: -e NAME=VALUE',
  '--force-handlers': 'Write force_handlers: true in the play.',
};

/** What to do instead of an option of Ansible; undefined for any other word. */
export function findAnsibleOptionHint(word: string): string | undefined {
  const name = word.split('=')[0] ?? '';
  return ownValue(OPTIONS, name);
}

const FACTS = 'Run: swarm hosts show NAME --facts';

/** Commands that Ansible has as programs, without `ansible-`, and those of swarm. */
const COMMANDS: Readonly<Record<string, string>> = {
  playbook: 'Run: swarm run PLAYBOOK',
  inventory: HOSTS,
  vault: VAULT,
  galaxy: 'To take over a role, fetch it, then run: swarm convert FOLDER',
  doc: 'Run: swarm modules NAME',
  lint: 'Run: swarm check',
  ping: 'Run: swarm hosts verify',
  setup: FACTS,
  facts: FACTS,
  shell: "Run: swarm exec HOSTS --shell -- 'TEXT'",
  command: 'Run: swarm exec HOSTS -- COMMAND',
  ssh: 'Run: swarm hosts ssh NAME',
};

/** What to do instead of a command of Ansible; undefined for any other word. */
export const findAnsibleCommandHint = (word: string): string | undefined => ownValue(COMMANDS, word.replace(/^ansible-/, ''));
