import { argumentRows, escapeTableCell } from '../argument-table.ts';
import { CEL_FUNCTIONS, CEL_METHODS } from '../expression/cel-environment.ts';
import { BUILT_IN_VARIABLES } from '../expression/scope-names.ts';
import { TEMPLATE_HELPERS } from '../template/template-helpers.ts';
import { ANSIBLE_KEYWORDS } from './ansible-keywords.ts';
import { argSchema, blockSchema, handlerSchema, playbookFileSchema, playSchema } from './playbook-schema.ts';

/** What a keyword is for; a test holds it to the schema's keys, so that none is missing. */
export const KEYWORD_MEANINGS: Readonly<Record<string, string>> = {
  name: 'what it is called on the screen and in the journal',
  describe: 'one line for the help',
  args: 'what `swarm run NAME` takes',
  vars: 'variables; nearer ones win: host, playbook, play, block, task, registered, args, item, loop',
  vars_files: 'YAML files of variables, relative to this file',
  plays: 'the plays, in order',
  hosts: 'a pattern: `a,b`, `group:!host`, `group1:&group2`, `glob*`, `~regex`, `group[0]`',
  tags: '`-t` and `--skip-tags` choose by them; `always` and `never` as in Ansible',
  environment: 'environment variables of commands',
  run_once: "on the first host only; its result is everybody's",
  become: 'with the rights of another user',
  become_user: 'which one; root by default',
  become_method: 'how; without a password',
  serial: 'so many hosts at a time: a number, "30%", or a list of them (a canary is `[1, "100%"]`)',
  max_fail_percentage: 'stop when more fail',
  any_errors_fatal: 'stop everywhere when one host fails',
  strategy: 'linear: each task on all hosts before the next; free: each host at its own pace',
  order: 'of the hosts',
  queue:
    'each item is run by one host, whichever is free and fits: `items` (a list), `id`, `needs` (ids published before), `cost`, `attempts` (on different hosts)',
  tasks: 'the tasks, in order',
  handlers: 'tasks that run once at the end, where something notified them',
  when: 'only where it holds; a list means and',
  delegate_to: 'on another host of the inventory, proved like any',
  ignore_errors: 'go on after a failure; shown as ignored',
  check_mode: 'true: never apply; false: apply even with --check',
  diff: 'show how files differ',
  no_log: 'nothing of it on screen or in the journal',
  loop: 'once for each entry of a list, as `item`',
  loop_control: '`loop_var`: another name for `item`',
  register: 'keep the result under this name',
  notify: 'handlers to run if this changed something',
  listen: 'further names that a handler answers to',
  until: 'again until it holds',
  retries: 'how often, 3 by default',
  delay: 'between tries: `5s`',
  failed_when: "what counts as failed; `result` is this task's",
  changed_when: 'what counts as changed',
  disruptive: 'true: the task reboots or stops something; each of its changes asks the guards first, as the `reboot` module does',
  timeout: 'for each command of the task: `30s`, `4h`',
  block: 'tasks under common keywords',
  rescue: 'tasks to run if one of the block failed; `failed_result` is what it registered',
  always: 'tasks to run afterwards in any case',
  type: 'of the argument',
  positional: 'given without a name on the command line',
  required: 'must be given',
  default: 'its value where it is not given',
  choices: 'the only values',
  of: '`atom`: each is checked as a package atom',
};

const SECTIONS = [
  ['The file', playbookFileSchema],
  ['An argument', argSchema],
  ['A play', playSchema],
  ['A task or handler', handlerSchema],
  ['A block', blockSchema],
] as const;

/** docs/playbook.md, from the tables that the reader itself uses. */
export function formatPlaybookPage(): string {
  const tables = SECTIONS.map(([title, schema]) => {
    const rows = argumentRows(schema).map(
      ([name, type, rest]) =>
        `| \`${name}\` | ${escapeTableCell(type)} | ${escapeTableCell(rest)} | ${escapeTableCell(KEYWORD_MEANINGS[name] ?? '')} |`,
    );
    return `## ${title}\n\n| key | type | | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [
    '# Playbooks\n',
    "YAML, and Ansible's words where it has one. Everything is checked before the first connection. Expressions (`when`, `until`, `loop`, `queue.items` …) are CEL, without braces;",
    'text takes `{{ name }}`, and a value that is a single `{{ path }}` hands on the value itself. In shell text a value is written `{{quote x}}` or `{{raw x}}`.\n',
    ...tables,
    '## Names in sight\n',
    ...Object.entries(BUILT_IN_VARIABLES).map(([name, what]) => `- \`${name}\`: ${what}`),
    '\n## Expressions\n',
    `Functions: ${CEL_FUNCTIONS.map((name) => `\`${name}()\``).join(', ')}.`,
    `Methods: ${[...new Set(CEL_METHODS)].map((name) => `\`.${name}()\``).join(', ')}.`,
    '\n## Templates\n',
    `Helpers: ${[...TEMPLATE_HELPERS.values()].map(({ usage: form }) => `\`{{${form}}}\``).join(', ')}; blocks \`if\`, \`unless\`, \`each\`, \`with\`.`,
    '\n## What Ansible has and this does not\n',
    '| keyword | instead |\n|---|---|',
    ...Object.entries(ANSIBLE_KEYWORDS).map(([name, instead]) => `| \`${name}\` | ${escapeTableCell(instead)} |`),
    '',
  ].join('\n');
}
