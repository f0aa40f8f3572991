import { ownValue } from '../../core/own-value.ts';
import { ANSIBLE_LOOKUPS } from './ansible-lookups.ts';
import { declareFunction, FunctionFault, toText } from './language-function.ts';

const KINDS = ['file', 'env', 'cmd', 'pass', 'template'];
/** What Ansible calls them, or has and swarm does not. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ANSIBLE_LOOKUPS).map(([kind, expression]) => [kind, `Write: ${expression}`])),
  pipe: 'Write: lookup("cmd", "git", "rev-parse", "HEAD")',
  passwordstore: 'Write: lookup("pass", "NAME")',
  'community.general.passwordstore': 'Write: lookup("pass", "NAME")',
  url: 'Fetch it in a task: command: [curl, -fsS, URL], with register: and delegate_to: localhost.',
  password: 'Write a secret: { secret: { from: "file:PATH" } }',
  varnames: 'Write: select(keys(vars), "^app_")',
  vars: 'Write the name of the variable, or vars[name] where it is computed.',
  items: 'Write: flatten(list)',
  dig: 'Write: lookup("cmd", "dig", "+short", "example.org")',
};

/** Reads what is on this machine. */
export const lookupFunction = declareFunction('lookup', {
  params: { kind: 'text', words: 'any...' },
  does: 'what this machine has while a playbook runs, without white space at the end: `file` (below files/ of the role or the project, or absolute), `env`, `cmd` (a program that only reads, and its arguments), `pass` (an entry of the password store), `template` (a template below templates/, filled in with the variables of the task, whose line break at the end stays)',
  example: [['env', 'LANG'], 'C.UTF-8'],
  call({ kind, words }, lookUp) {
    if (!KINDS.includes(kind)) {
      const hint = ownValue(OTHER_KINDS, kind);
      throw new FunctionFault(`knows ${KINDS.join(', ')}, not ${kind}`, hint);
    }
    if (lookUp === undefined) throw new FunctionFault('is known only while a playbook runs');
    return lookUp(kind, words.map(toText));
  },
});

/** Lists what is on this machine. */
export const fileglobFunction = declareFunction('fileglob', {
  params: { patterns: 'any...' },
  does: 'the files of this machine that a pattern with `*` and `?` in its last part means, sorted, each with its whole path: below files/ of the role or the project, or absolute; a pattern that means none adds none',
  example: [['conf/*.conf'], ['/my-swarm/files/conf/a.conf', '/my-swarm/files/conf/b.conf']],
  call({ patterns }, lookUp) {
    if (patterns.length === 0) throw new FunctionFault('takes a pattern, such as conf/*.conf');
    if (lookUp === undefined) throw new FunctionFault('is known only while a playbook runs');
    return lookUp('fileglob', patterns.map(toText));
  },
});
