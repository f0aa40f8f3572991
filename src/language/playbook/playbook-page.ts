import { argumentRows, escapeTableCell } from '../argument-table.ts';
import { CEL_NATIVES } from '../expression/cel-environment.ts';
import { BUILT_IN_VARIABLES } from '../expression/scope-names.ts';
import { ANSIBLE_KEYWORDS } from './ansible-keywords.ts';
import { argSchema, blockSchema, handlerSchema, playbookFileSchema, playSchema } from './shapes/playbook-schema.ts';

/** What each keyword means. A test compares the keys with the schema. */
export const KEYWORD_MEANINGS: Readonly<Record<string, string>> = {
  name: 'the name on the screen and in the journal',
  describe: 'one line for `--help`',
  args: 'the arguments of `swarm run NAME`',
  vars: 'variables; precedence, lowest first: defaults of a role, host, playbook, play, role, block, task, set (`register`, `set_fact`, `include_vars`: the last one), args, item, loop',
  vars_files: 'YAML files of variables, relative to this file',
  warnings: 'false: no warning for a spelling that only Ansible needs, such as `yes` for true',
  plays: 'the plays, in order',
  hosts: 'a pattern: `a,b`, `group:!host`, `group1:&group2`, `glob*`, `~regex`, `group[0]`',
  tags: 'words for `-t` and `--skip-tags`; `always` and `never` work as in Ansible',
  environment: 'environment variables of commands',
  run_once: 'run on the first host only; all hosts get the result',
  ignore_unreachable: 'go on with a host that does not answer; the next task tries it again',
  throttle: 'run a task on this many hosts at a time; a number or a template',
  module_defaults: 'for each module, arguments that hold where a task does not have them',
  become: 'run commands as another user',
  become_user: 'the user for `become`; root by default',
  become_method: 'the program for `become`; the password it may ask for comes from `-K` or `become_password` of the inventory',
  serial: 'the number of hosts in a batch: a number, "30%", or a list of them; `[1, "100%"]` tries one host that answers first',
  max_fail_percentage: 'stop the play when more than this share of the hosts fails or does not answer',
  any_errors_fatal: 'stop the play on all hosts when one host fails; one that does not answer stops no other',
  force_handlers: 'run the notified handlers also on hosts on which the play failed, and where it stopped',
  strategy: 'linear: each task on all hosts before the next; free: each host at its own pace',
  order: 'the order of the hosts',
  queue:
    'one free host that fits runs each item: `items` (a list), `id`, `needs` (ids that must be published before), `cost`, `hosts` (names of those that may run it), `show` (a mapping that --check shows), `attempts` (on different hosts; a number or an expression)',
  gather_facts:
    'smart (the default): ask a host for facts where the play uses one that is not known yet; true: ask before the play in any case; false: never ask, and take what is known',
  pre_tasks: 'tasks before the roles; the handlers that they notify run before the roles',
  roles:
    'roles whose tasks run before `tasks`, each once: `NAME`, or `{ role: NAME, vars: {…}, when: …, tags: … }`; other keys are variables of the role',
  post_tasks: 'tasks after `tasks`, and after the handlers that are notified by then',
  tasks: 'the tasks, in order',
  handlers: 'tasks that run once at the end, when another task notified them',
  when: 'run only if this is true; in a list all must be true',
  delegate_to: 'run on this host of the inventory instead',
  ignore_errors: 'continue after a failure; the recap shows it as ignored',
  check_mode: 'true: never change anything; false: change even with --check',
  diff: 'show how files differ',
  no_log: 'hide the output and the arguments on the screen and in the journal',
  keep_output: 'keep all output in the journal; without it, 64 MiB of a task (of an item of a queue) on all hosts together',
  loop: 'run once for each entry of a list; the entry is `item`',
  loop_control:
    '`loop_var`: another name for `item`; `index_var`: a name for the index, from 0; `label`: what is shown of an entry; `pause`: the time between two entries',
  register: 'keep the result under this name',
  notify: 'handlers to run if this task changes something',
  listen: 'more names for `notify`',
  until: 'repeat until this is true',
  retries: 'how often to repeat; 3 by default',
  delay: 'the time between two tries: `5s`',
  failed_when: 'the task failed if this is true; `result` is its result',
  changed_when: 'the task changed something if this is true; `result` is its result',
  disruptive: 'true: the task reboots or stops something, so the guards check each change first, as for the `reboot` module',
  timeout: 'the limit for each command of the task: `30s`, `4h`',
  async: 'run the commands of the task as jobs, which outlive the connection, for at most this time: `600`, `4h`',
  poll: '0: start the job and go on; `job` of the result is its id, for `async_status`. Any other value: wait for it',
  block: 'tasks that share keywords',
  rescue: 'tasks to run if a task of the block failed; `failed_result` is its result',
  always: 'tasks that always run afterwards',
  type: 'the type of the argument',
  positional: 'true: give the value without a name on the command line',
  required: 'true: a value must be given',
  default: 'the value when none is given',
  choices: 'the allowed values',
  min: 'the least value, for `type: int`',
  max: 'the greatest value, for `type: int`',
  of: 'what each value must be: a package `atom`, a `package` (an atom without version), a `target`, a `client` of a target or `all`; `clients`: a pattern of hosts that are clients; an `option` of emerge; the file of a `plan`, which a check saves and a run builds',
};

const TEMPLATES =
  'Handlebars, with the same functions as helpers: `{{ upper name }}`, `{{#if (eq a b)}}`. Blocks: `if`, `else if`, `else`, `unless`, `each`, `with`. `~` in a brace (`{{~ x ~}}`) removes the white space beside it. `{{> other.hbs}}` puts in the template beside the file. For literal braces write `\\{{`, or put text between `{{{{raw}}}}` and `{{{{/raw}}}}`.';

const SECTIONS = [
  ['The file', playbookFileSchema],
  ['An argument', argSchema],
  ['A play', playSchema],
  ['A task or handler', handlerSchema],
  ['A block', blockSchema],
] as const;

const INCLUDE_PARAGRAPHS = [
  '## Steps that are no tasks\n',
  '| step | meaning |\n|---|---|',
  '| `set_fact: { NAME: VALUE }` | variables of the host for the rest of the run, in later plays too |',
  '| `async_status: { jid: "{{ started.job }}" }` | what became of a job of `poll: 0`: `finished`, and then `rc` and `stdout`. To wait: `until: result.finished` |',
  '| `include_vars: FILE` | variables of a YAML file, for the rest of the run; or `{ file: FILE, name: NAME }`, or `{ dir: FOLDER }` |',
  '| `import_tasks: FILE` | the tasks of a file, as if they stood here: `when`, `vars` and `tags` of the import count for each of them |',
  '| `include_tasks: FILE` | the tasks of a file, chosen while the play runs: with `loop`, `when`, `vars`, and templates in the name. Its `tags` decide about the include alone; `{ file: FILE, apply: { tags: … } }` gives keywords to each task |',
  '| `import_role: { name: NAME }` | the tasks of a role, as if they stood here; also `tasks_from`, `vars_from`, `defaults_from`, `handlers_from` |',
  '| `include_role: { name: NAME }` | the same, chosen while the play runs, with `loop` |',
  '| `import_playbook: FILE` | in the place of a play: the plays of another playbook, with `vars`, `tags` and `when` |',
  '| `meta: flush_handlers` | run the notified handlers now |',
  '| `meta: end_host`, `end_batch`, `end_play` | end the play for this host, for the hosts of this batch, or for all; `when` of the last two is asked on the first host. Handlers that were notified do not run there |\n',
  'A file with a template in its name: swarm reads and checks every file that the name can mean, before the first connection. A name that means none of them then fails the task.',
  'With `loop`, a block runs once for each entry.\n',
  '## Roles\n',
  'A role is a folder `roles/NAME`, beside the playbook or in the project. It has any of these, each with a file `main.yml` or `main.yaml`:\n',
  '| folder | holds |\n|---|---|',
  '| `tasks` | the tasks of the role |',
  '| `handlers` | handlers of the play, which can also be notified as `ROLE : NAME` |',
  '| `defaults` | its weakest variables: every other one is stronger |',
  '| `vars` | variables that are stronger than those of the play |',
  '| `meta` | `dependencies:`, the roles that run before it, each once in a play |',
  '| `files`, `templates` | where `src` of copy and template is searched first |\n',
  'In a role, `role_name` and `role_path` are its name and its folder. Variables of a role in `roles:` are known to the whole play.\n',
];

/** The text of docs/playbook.md, made from the tables that the reader uses. */
export function formatPlaybookPage(): string {
  const tables = SECTIONS.map(([title, schema]) => {
    const rows = argumentRows(schema).map(
      ([name, type, rest]) =>
        `| \`${name}\` | ${escapeTableCell(type)} | ${escapeTableCell(rest)} | ${escapeTableCell(KEYWORD_MEANINGS[name] ?? '')} |`,
    );
    return `## ${title}\n\n| key | type | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [
    '# Playbooks\n',
    "A playbook is YAML with Ansible's keywords. swarm checks the whole playbook before the first connection. Expressions (`when`, `until`, `loop`, `queue.items` …) are CEL, without braces.",
    'In text write `{{ name }}`. A value that is only `{{ path }}` keeps its type, so a list stays a list. In shell text write `{{quote x}}` or `{{raw x}}`.\n',
    ...tables,
    ...INCLUDE_PARAGRAPHS,
    '## Variables\n',
    ...Object.entries(BUILT_IN_VARIABLES).map(([name, what]) => `- \`${name}\`: ${what}`),
    '\n## Expressions\n',
    `CEL, with the functions of [functions.md](functions.md), as \`f(x)\` or \`x.f()\`. Of CEL itself: ${CEL_NATIVES.map((name) => `\`${name}\``).join(', ')}, \`x in list\`, \`x ? y : z\`, \`list.map(x, …)\`.`,
    '\n## Templates\n',
    TEMPLATES,
    '\n## Differences from Ansible\n',
    '| keyword | instead |\n|---|---|',
    ...Object.entries(ANSIBLE_KEYWORDS).map(([name, instead]) => `| \`${name}\` | ${escapeTableCell(instead)} |`),
    '',
  ].join('\n');
}
