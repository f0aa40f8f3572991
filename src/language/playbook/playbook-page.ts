import { FACT_TABLE, type FactEntry } from '../../core/facts/fact-table.ts';
import { argumentRows, escapeTableCell } from '../argument-table.ts';
import { CEL_NATIVES } from '../expression/cel-environment.ts';
import { BUILT_IN_VARIABLES } from '../expression/scope-names.ts';
import { ANSIBLE_KEYWORDS } from './ansible/ansible-keywords.ts';
import { ANSIBLE_LOOPS } from './ansible/ansible-loops.ts';
import { listAnsibleModules } from './ansible/ansible-modules.ts';
import { KEYWORD_MEANINGS } from './keyword-meanings.ts';
import { argSchema, blockSchema, handlerSchema, playbookFileSchema, playSchema } from './shapes/playbook-schema.ts';

const SECTIONS = [
  ['The file', playbookFileSchema],
  ['An argument', argSchema],
  ['A play', playSchema],
  ['A task or handler', handlerSchema],
  ['A block', blockSchema],
] as const;

const INCLUDE_ROWS = [
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
  '| `meta: reset_connection` | log in anew for the next task, so that it has the groups that the user got. What runs already keeps its connection |',
  '| `meta: clear_facts` | forget the facts of the host, and ask for them again where the play uses some. Variables of `set_fact` stay |',
  '| `meta: clear_host_errors` | the hosts of the play (of the batch, with `serial`) that failed or did not answer go on with the next task. `when` is asked on the first host. The run ends as a failed one all the same. Needs `strategy: linear` |',
  '| `meta: end_role` | end the role for this host, which goes on after it |',
  '| `meta: end_host`, `end_batch`, `end_play` | end the play for this host, for the hosts of this batch, or for all; `when` of the last two is asked on the first host. Handlers that were notified do not run there |',
];

/** The text of docs/playbook.md: the text of docs/parts/playbook.md, with the tables that the reader uses at its marks. */
export function formatPlaybookPage(text: string): string {
  const parts: Readonly<Record<string, string>> = {
    natives: CEL_NATIVES.map((name) => `\`${name}\``).join(', '),
    variables: Object.entries(BUILT_IN_VARIABLES)
      .map(([name, what]) => `- \`${name}\`: ${what}`)
      .join('\n'),
    facts: [formatFacts(false), formatFacts(true)].join('\n\n'),
    includes: INCLUDE_ROWS.join('\n'),
    tables: SECTIONS.map(formatSection).join('\n\n'),
    ansible: formatTable(
      ['keyword', 'instead'],
      [...Object.entries(ANSIBLE_KEYWORDS), ...Object.entries(ANSIBLE_LOOPS).sort(([a], [b]) => (a < b ? -1 : 1))],
    ),
    modules: formatTable(['module', 'instead'], listAnsibleModules()),
  };
  return text.replace(/<!-- (\w+) -->/g, (mark, name: string) => parts[name] ?? mark);
}

const formatTable = (titles: readonly string[], rows: readonly (readonly [name: string, ...cells: string[]])[]): string =>
  [
    `| ${titles.join(' | ')} |`,
    `|${titles.map(() => '---|').join('')}`,
    ...rows.map(([name, ...cells]) => `| \`${name}\` | ${cells.map(escapeTableCell).join(' | ')} |`),
  ].join('\n');

function formatSection([title, schema]: (typeof SECTIONS)[number]): string {
  const rows = argumentRows(schema).map(([name, type, rest]) => [name, type, rest, KEYWORD_MEANINGS[name] ?? ''] as const);
  return `## ${title}\n\n${formatTable(['key', 'type', 'default', 'meaning'], rows)}`;
}

function formatFacts(isProbed: boolean): string {
  const entries = Object.entries(FACT_TABLE).filter(([, each]) => each.isProbed === isProbed);
  const title = isProbed ? 'fact that swarm asks for' : 'fact of every connection';
  return formatTable(
    [title, 'value', 'meaning'],
    entries.map(([name, { value, meaning }]) => [`facts.${name}`, formatFactValue(value), meaning]),
  );
}

function formatFactValue(value: FactEntry['value']): string {
  if (typeof value === 'object') return `list of { ${Object.keys(value).join(', ')} }`;
  return value === 'texts' ? 'list of text' : value;
}
