import type { Json } from '../../core/json-value.ts';
import type { SwarmExpression, ValueType } from './swarm-expression.ts';

/** Another template of the project. */
export interface OtherTemplate {
  readonly text: string;
  /** As a template that names it includes it: relative to its folder, with the new ending. */
  readonly path: string;
  /** Finds the templates that it names itself. */
  readonly find: FindTemplate;
}

/** Finds a template by the name that Jinja gives it. */
export type FindTemplate = (name: string) => OtherTemplate | undefined;

/** What an expression is translated with. */
export interface Translation {
  /** The types of variables, as far as all their definitions agree. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** Variables that are texts of one line, as far as all their definitions agree. */
  readonly lines: ReadonlySet<string>;
  /** Variables that some definition leaves empty, so that they may be null. */
  readonly empties: ReadonlySet<string>;
  /** Lists and mappings with true, false, a list or a mapping as an entry, beside texts and numbers. */
  readonly mixed: ReadonlySet<string>;
  /** Variables and fields that are true or false, a list or a mapping in one place and may be something else in another. */
  readonly varied: ReadonlySet<string>;
  /** Names that tasks register. */
  readonly registered: ReadonlySet<string>;
  /** Those among them whose `checksum` is a SHA-256 in Ansible too. */
  readonly sha256: ReadonlySet<string>;
  /** Those among them that package managers alone register, whose results have no `rc`. */
  readonly packages: ReadonlySet<string>;
  /** Names that stand for something else: block parameters, and what `{% set %}` assigned. */
  readonly locals: ReadonlyMap<string, SwarmExpression>;
  /** Names of template files, which get the ending .hbs. */
  readonly templates: ReadonlySet<string>;
  readonly find: FindTemplate;
  /** The folder of the inventory, from that of the playbooks; undefined where there are several of one of them. */
  readonly inventory: string | undefined;
  /** In a `{{ … }}` of a playbook a backslash of a string is itself; in a template file and in a condition it is not. */
  readonly keepsBackslashes: boolean;
  /** What means something else afterwards. */
  readonly changes: Set<string>;
}

/** Notes that a variable which a file leaves empty is asked for: Ansible has None for it, which is defined. */
export function noteEmpty(value: SwarmExpression, { changes }: Translation): undefined {
  if (value.kind !== 'name' || value.mayBeNull !== true) return;
  changes.add(`\`${value.name}\` is empty in a file: swarm takes it for not defined, Ansible for defined`);
}

/** Values of a filter, a test or a call, translated. */
export interface SwarmArgs {
  readonly args: readonly SwarmExpression[];
  readonly named: Readonly<Record<string, SwarmExpression>>;
}

/** A translation that knows nothing of the project. */
export const emptyTranslation = (): Translation => ({
  types: new Map(),
  lines: new Set(),
  empties: new Set(),
  mixed: new Set(),
  varied: new Set(),
  registered: new Set(),
  sha256: new Set(),
  packages: new Set(),
  locals: new Map(),
  templates: new Set(),
  find: () => undefined,
  inventory: undefined,
  keepsBackslashes: false,
  changes: new Set(),
});

/** `nginx.conf.j2` is `nginx.conf.hbs` where it is a template of the project. */
export function renameTemplate(text: string, templates: ReadonlySet<string>): string {
  if (!text.endsWith('.j2')) return text;
  const name = text.slice(text.lastIndexOf('/') + 1);
  return templates.has(name) || text.includes('{{') ? `${text.slice(0, -'.j2'.length)}.hbs` : text;
}

/** A text in an expression: the name of a template, or the ending, which `replace('.j2', '')` takes away. */
export const renameLiteral = (text: string, templates: ReadonlySet<string>): string =>
  templates.size > 0 && /^\\?\.j2\$?$/.test(text) ? text.replace('j2', 'hbs') : renameTemplate(text, templates);

/** The value of a literal; undefined for what is computed. */
export function literalValue(expression: SwarmExpression | undefined): string | number | boolean | null | undefined {
  if (expression?.kind === 'negative' && expression.of.kind === 'literal' && typeof expression.of.value === 'number')
    return -expression.of.value;
  return expression?.kind === 'literal' ? expression.value : undefined;
}

/** A literal as a text; undefined for anything else. */
export function literalText(expression: SwarmExpression | undefined): string | undefined {
  const value: Json | undefined = literalValue(expression);
  return typeof value === 'string' ? value : undefined;
}

const FIELD_TYPES: Readonly<Record<string, ValueType>> = {
  ...{ changed: 'bool', failed: 'bool', skipped: 'bool', exists: 'bool', isdir: 'bool', isreg: 'bool', islnk: 'bool' },
  ...{ rc: 'number', stdout: 'text', stderr: 'text', stdout_lines: 'list', stderr_lines: 'list', results: 'list', stat: 'mapping' },
};

/** The type of a field of what a task registered. */
export const registeredFieldType = (name: string): ValueType => (Object.hasOwn(FIELD_TYPES, name) ? (FIELD_TYPES[name] ?? 'any') : 'any');
