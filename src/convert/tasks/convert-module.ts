import { isMap, isScalar, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';
import { ownValue } from '../../core/own-value.ts';
import { metaSchema } from '../../language/playbook/shapes/include-schema.ts';
import { KEYWORD_MODULES } from '../../language/playbook/steps/keyword-modules.ts';
import { rejectConversion } from '../not-convertible.ts';
import type { NamedAs } from '../project/moved-path.ts';
import { hasJinja } from '../template/convert-text.ts';
import { findPair, keyOf, removePair, renameKey, setScalar, textOf } from '../yaml-nodes.ts';
import { convertKeyword } from './convert-keywords.ts';
import type { ConvertedModule } from './converted-module.ts';
import { MODULE_RULES, moduleBaseName } from './module-rules.ts';
import { convertSpecial } from './special/special-modules.ts';
import { moveFileName, type TaskContext } from './task-context.ts';
import { applyRule, checkArgs, readArgs, readTypes } from './values/ansible-args.ts';
import { convertArgType } from './values/convert-arg-type.ts';
import { convertCondition } from './values/convert-condition.ts';
import { convertValues } from './values/convert-values.ts';
import { expandHome } from './values/expand-home.ts';

/** Modules that are keywords of playbooks in swarm. */
const KEYWORDS = new Set([...Object.keys(KEYWORD_MODULES), 'import_tasks', 'import_role', 'meta']);

/** The module of a task with its arguments. Throws NotConvertible with the reason. */
export function convertModule(key: string, value: Node | null, extra: YAMLMap | undefined, context: TaskContext): ConvertedModule {
  const written = moduleBaseName(key);
  const rule = MODULE_RULES[written] ?? {};
  const name = rule.to ?? written;
  const { modules } = context;
  const manager = name === 'package' && isMap(value) ? managerOf(value) : undefined;
  if (manager !== undefined) return convertModule(manager, value, extra, context);
  if (!modules.has(name) && !KEYWORDS.has(name)) return rejectConversion(missingModule(written, key));
  const args = readArgs(written, value, extra);
  if (name === 'meta') return convertMeta(args);
  const register = factVariable(name, args);
  const keywords = register === undefined ? {} : { register };
  if (args === undefined) return { name, args: null, keywords };
  applyRule(args, rule, context);
  const module = modules.get(name);
  if (module !== undefined) expandHome(name, module, args);
  const special = convertSpecial(written, args, context);
  if (special !== undefined) return special;
  if (KEYWORDS.has(name)) return convertKeywordModule(name, args, context);
  dropEmpty(args);
  const sent = ownValue(SENT_FILES, name);
  if (sent !== undefined) moveFileName(findPair(args, 'src')?.value, sent, context);
  for (const pair of args.items) {
    const key = keyOf(pair);
    if (module?.conditionArgs?.includes(key)) convertCondition(pair, context.translation);
    else if (module === undefined || !convertArgType(pair, args, module, context))
      convertValues(pair.value, context, module?.shellArgs?.includes(key) === true);
  }
  if (module !== undefined) {
    readTypes(module, args);
    checkArgs(name, module, args);
  }
  return { name, args: args.items.length === 0 ? null : toFreeForm(args, module?.freeForm, value), keywords };
}

/** An argument without a value is not given. */
function dropEmpty(args: YAMLMap): undefined {
  for (const pair of [...args.items])
    if (pair.value === null || (isScalar(pair.value) && pair.value.value === null)) removePair(args, pair);
}

/** Arguments that `package` of Ansible hands on, and the package manager that has them: the task can run only there. */
const MANAGER_ARGS: Readonly<Record<string, string>> = {
  ...{ enablerepo: 'dnf', disablerepo: 'dnf' },
  ...{ purge: 'apt', autoremove: 'apt', default_release: 'apt', policy_rc_d: 'apt', deb: 'apt' },
};

const managerOf = (args: YAMLMap): string | undefined =>
  args.items.flatMap((pair) => (isScalar(pair.value) && pair.value.value !== false ? (ownValue(MANAGER_ARGS, keyOf(pair)) ?? []) : []))[0];

/** The variable for what Ansible makes a fact. */
function factVariable(name: string, args: YAMLMap | undefined): string | undefined {
  if (name === 'package_facts' || name === 'service_facts') return name;
  if (name !== 'getent') return undefined;
  const database = textOf((args === undefined ? undefined : findPair(args, 'database'))?.value) ?? '';
  return /^\w+$/.test(database) ? `getent_${database}` : rejectConversion('getent of a computed database');
}

const missingModule = (written: string, key: string): string => {
  const known: Readonly<Record<string, string>> = {
    add_host: 'swarm knows its hosts before a run: add it to the inventory',
    group_by: 'swarm knows its groups before a run: write when: instead',
  };
  return ownValue(known, written) ?? `swarm has no module ${key.includes('.') && written === key ? key : written}`;
};

const META_ACTIONS: ReadonlySet<string> = new Set(metaSchema.shape.meta.options);

function convertMeta(args: YAMLMap | undefined): ConvertedModule {
  const word = textOf(args?.items[0]?.value) ?? '';
  if (!META_ACTIONS.has(word)) return rejectConversion(`meta: ${word}`);
  return { name: 'meta', args: new Scalar(word), keywords: {} };
}

/** What a module names as `file`. */
const NAMED_FILES: Readonly<Record<string, NamedAs>> = { import_tasks: 'tasks', include_tasks: 'tasks', include_vars: 'vars' };

/** What a module sends to the host. */
const SENT_FILES: Readonly<Record<string, NamedAs>> = { copy: 'files', script: 'files', unarchive: 'files', template: 'templates' };

const ROLE_ARGS = new Set([
  'name',
  'role',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'public',
  'allow_duplicates',
  'apply',
  'rolespec_validate',
]);

function convertKeywordModule(name: string, args: YAMLMap, context: TaskContext): ConvertedModule {
  if (name.endsWith('_role')) {
    for (const pair of args.items) {
      if (!ROLE_ARGS.has(keyOf(pair))) rejectConversion(`${name} with ${keyOf(pair)}`);
      if (keyOf(pair) === 'role') renameKey(pair, 'name');
      if (keyOf(pair) === 'name') shortenRole(pair, context);
    }
  }
  if (name === 'set_fact' && args.items.some((pair) => hasJinja(keyOf(pair))))
    rejectConversion('set_fact of a computed name: set one mapping, and read its fields');
  const named = ownValue(NAMED_FILES, name);
  if (named !== undefined) moveFileName(findPair(args, 'file')?.value, named, context);
  const apply = findPair(args, 'apply')?.value;
  for (const pair of args.items) if (keyOf(pair) !== 'apply') convertValues(pair.value, context);
  if (isMap(apply)) for (const pair of [...apply.items]) convertKeyword(apply, pair, context);
  else if (apply !== undefined) rejectConversion('apply: of an include that is not a mapping');
  const [only, more] = args.items;
  const isFile = only !== undefined && more === undefined && keyOf(only) === 'file';
  return { name, args: isFile ? (only.value as Node) : args, keywords: {} };
}

/** A role of the project itself is named without its collection, and without the role whose folder it was in. */
export function shortenRole(pair: Pair, { roles }: Pick<TaskContext, 'roles'>): undefined {
  const [, name] = /^(?:\w+\.\w+\.|\{\{\s*role_path\s*\}\}\/roles\/)(\w+)$/.exec(textOf(pair.value) ?? '') ?? [];
  if (name !== undefined && roles.has(name) && isScalar(pair.value)) setScalar(pair.value, name);
}

/** `command: uptime` where that is all. */
function toFreeForm(args: YAMLMap, freeForm: string | undefined, written: Node | null): Node {
  const [only, more] = args.items;
  const isWritten = !isMap(written);
  if (only === undefined || more !== undefined || freeForm === undefined || keyOf(only) !== freeForm || !isWritten || !isScalar(only.value))
    return args;
  return only.value;
}
