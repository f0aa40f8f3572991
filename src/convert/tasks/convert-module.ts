import { isMap, isScalar, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { checkModuleArgs } from '../../language/playbook/check-module-args.ts';
import { KEYWORD_MODULES } from '../../language/playbook/steps/keyword-modules.ts';
import { readYesNo } from '../../language/schema/yes-no.ts';
import { readYaml } from '../../language/yaml/read-yaml.ts';
import { printHelper } from '../jinja/print-helper.ts';
import { translateCondition } from '../jinja/translate-jinja.ts';
import { rejectConversion } from '../not-convertible.ts';
import { hasJinja, soleExpression } from '../template/convert-text.ts';
import { findPair, keyOf, removePair, renameKey, setScalar, textOf } from '../yaml-nodes.ts';
import { convertCondition } from './convert-keywords.ts';
import { convertValues } from './convert-values.ts';
import { MODULE_RULES, type ModuleRule, moduleBaseName } from './module-rules.ts';
import { parseCommandForm, parseShortForm } from './short-form.ts';
import type { TaskContext } from './task-context.ts';

/** Modules that are keywords of playbooks in swarm. */
const KEYWORDS = new Set([...Object.keys(KEYWORD_MODULES), 'import_tasks', 'import_role', 'meta']);
const COMMANDS = new Set(['command', 'shell', 'raw', 'script']);
const INCLUDES: Readonly<Record<string, string>> = { include_tasks: 'file', import_tasks: 'file', include_vars: 'file', meta: 'free_form' };

/** A module of a task, converted. */
export interface ConvertedModule {
  readonly name: string;
  readonly args: Node | null;
  /** Keywords that the task gets beside it. */
  readonly keywords: Readonly<Record<string, boolean | string>>;
}

/** The module of a task with its arguments. Throws NotConvertible with the reason. */
export function convertModule(key: string, value: Node | null, extra: YAMLMap | undefined, context: TaskContext): ConvertedModule {
  const written = moduleBaseName(key);
  const rule = MODULE_RULES[written] ?? {};
  const name = rule.to ?? written;
  const { modules } = context;
  if (!modules.has(name) && !KEYWORDS.has(name)) return rejectConversion(missingModule(written, key));
  const args = toArgs(written, value, extra);
  if (name === 'meta') return convertMeta(args);
  if (args === undefined && name === 'package_facts') context.translation.changes.add('the packages are in the variable `package_facts`');
  if (args === undefined) return { name, args: null, keywords: name === 'package_facts' ? { register: name } : {} };
  applyRule(args, rule, context);
  if (written === 'package_facts') context.translation.changes.add('the packages are in the variable `package_facts`');
  const special = convertSpecial(written, args, context);
  if (special !== undefined) return special;
  if (KEYWORDS.has(name)) return convertKeywordModule(name, args, context);
  const module = modules.get(name);
  for (const pair of args.items) {
    const shell = module?.shellArgs?.includes(keyOf(pair)) === true;
    if (written === 'assert' && keyOf(pair) === 'that') convertAssertions(pair, context, takesConditions(module));
    else convertValues(pair.value, context, shell);
  }
  if (module !== undefined) {
    readTypes(module, args);
    checkArgs(name, module, args);
  }
  return {
    name,
    args: args.items.length === 0 ? null : toFreeForm(args, module?.freeForm, value),
    keywords: name === 'package_facts' ? { register: name } : {},
  };
}

const missingModule = (written: string, key: string): string => {
  const known: Readonly<Record<string, string>> = {
    add_host: 'swarm knows its hosts before a run: add it to the inventory',
    group_by: 'swarm knows its groups before a run: write when: instead',
  };
  return known[written] ?? `swarm has no module ${key.includes('.') && written === key ? key : written}`;
};

/** The arguments as a mapping: short form, `args:` and `key=value` included. Undefined where there are none. */
function toArgs(name: string, value: Node | null, extra: YAMLMap | undefined): YAMLMap | undefined {
  let args: YAMLMap | undefined;
  if (isMap(value)) args = value;
  else if (isScalar(value) && value.value !== null && value.value !== undefined && value.value !== '') args = fromText(name, value);
  else if (isSeq(value)) return rejectConversion('arguments as a list');
  if (extra === undefined) return args;
  const all = args ?? new YAMLMap();
  for (const pair of extra.items) if (findPair(all, keyOf(pair)) === undefined) all.items.push(pair);
  return all;
}

function fromText(name: string, scalar: Scalar): YAMLMap {
  const text = String(scalar.value);
  const args = new YAMLMap();
  const set = (key: string, value: unknown): void => void args.items.push(new Pair(new Scalar(key), value) as (typeof args.items)[number]);
  if (COMMANDS.has(name)) {
    const parsed = parseCommandForm(text);
    const own = Object.keys(parsed).length === 1;
    for (const [key, each] of Object.entries(parsed)) set(key, key === '_raw_params' && own ? scalar : new Scalar(each));
    return args;
  }
  const free = INCLUDES[name];
  if (free !== undefined && !/^\w+=/.test(text)) {
    if (/\s\w+=/.test(text)) rejectConversion('an include with variables in the short form: write vars:');
    set(free, scalar);
    return args;
  }
  if (/^\{\{.*\}\}$/s.test(text)) return rejectConversion('arguments that are a template');
  for (const [key, each] of Object.entries(parseShortForm(text))) set(key, readShortValue(each));
  return args;
}

/** In the short form every value is a text. */
function readShortValue(text: string): Scalar {
  if (/^(?:true|false)$/i.test(text)) return new Scalar(/^true$/i.test(text));
  return new Scalar(text);
}

function applyRule(
  args: YAMLMap,
  { rename = {}, drop = {}, values = {}, add = {}, note = {} }: ModuleRule,
  { translation }: TaskContext,
): void {
  for (const pair of [...args.items]) {
    const key = rename[keyOf(pair)];
    if (key !== undefined) renameKey(pair, key);
    const name = keyOf(pair);
    const scalar = isScalar(pair.value) ? pair.value.value : undefined;
    const dropped = Object.hasOwn(drop, name) ? drop[name] : undefined;
    if (dropped !== undefined && (dropped === 'any' || dropped.some((each) => each === scalar))) {
      if (note[name] !== undefined && scalar !== false) translation.changes.add(note[name] ?? '');
      removePair(args, pair);
      continue;
    }
    const replaced = typeof scalar === 'string' ? values[name]?.[scalar] : undefined;
    if (replaced !== undefined && isScalar(pair.value)) setScalar(pair.value, replaced);
  }
  for (const [name, value] of Object.entries(add))
    if (findPair(args, name) === undefined) args.items.push(new Pair(new Scalar(name), new Scalar(value)) as (typeof args.items)[number]);
}

/** Each condition of `that` as a value. */
const takesConditions = (module: object | undefined): boolean => module !== undefined && 'expressionArgs' in module;

function convertAssertions(pair: Pair, { translation }: TaskContext, asExpression: boolean): undefined {
  if (asExpression) return convertCondition(pair, translation);
  const convert = (node: unknown): Scalar => {
    if (isScalar(node) && typeof node.value === 'boolean') return node;
    const text = textOf(node) ?? rejectConversion('a condition that is no text');
    const converted = new Scalar(`{{ ${printHelper(translateCondition(soleExpression(text) ?? text, translation))} }}`);
    converted.type = converted.value.includes('"') ? Scalar.QUOTE_SINGLE : Scalar.QUOTE_DOUBLE;
    return converted;
  };
  if (!isSeq(pair.value)) pair.value = convert(pair.value);
  else pair.value.items = pair.value.items.map(convert);
}

/** What no table of renames can express. */
function convertSpecial(name: string, args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
  if (name === 'debug') convertDebug(args);
  if (name === 'set_fact') return undefined;
  if (name === 'replace') convertReplacement(args);
  if (name === 'user') convertGroups(args);
  if (name === 'get_url' && findPair(args, 'checksum') === undefined) addTo(args, 'unverified', true);
  if (name === 'shell') return withOtherShell(args, context);
  if (
    ['systemd', 'systemd_service', 'service'].includes(name) &&
    findPair(args, 'daemon_reload') !== undefined &&
    findPair(args, 'name') === undefined
  )
    return daemonReload(args);
  if (name === 'setup') context.translation.changes.add('swarm reads the facts with every connection');
  return undefined;
}

const addTo = (args: YAMLMap, name: string, value: string | boolean | readonly string[]): void =>
  void args.items.push(new Pair(new Scalar(name), Array.isArray(value) ? toList(value) : new Scalar(value)) as (typeof args.items)[number]);

function toList(values: readonly string[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = true;
  list.items = values.map((each) => new Scalar(each));
  return list;
}

/** `var: x` prints the value of x. */
function convertDebug(args: YAMLMap): undefined {
  const pair = findPair(args, 'var');
  if (pair === undefined) return;
  const text = textOf(pair.value) ?? rejectConversion('debug of other than a name');
  renameKey(pair, 'msg');
  pair.value = new Scalar(hasJinja(text) ? text : `{{ ${text} }}`);
}

/** `\1` of Python is `$1`. */
function convertReplacement(args: YAMLMap): undefined {
  const pair = findPair(args, 'replace');
  const text = textOf(pair?.value);
  if (text === undefined || !isScalar(pair?.value)) return;
  if (/[$]/.test(text)) rejectConversion('a replacement with $ in it');
  setScalar(
    pair.value,
    text.replace(/\\g<(\d)>|\\(\d)/g, (_, one, two) => `$${one ?? two}`),
  );
}

/** `groups: a,b` as a list. */
function convertGroups(args: YAMLMap): undefined {
  const pair = findPair(args, 'groups');
  const text = textOf(pair?.value);
  if (pair === undefined || text === undefined || hasJinja(text)) return;
  pair.value = toList(
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  );
}

/** A shell other than sh: the program with the text as its argument. */
function withOtherShell(args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
  const executable = findPair(args, 'executable');
  const shell = textOf(executable?.value);
  const command = findPair(args, 'cmd');
  if (executable === undefined || shell === undefined || command === undefined) return undefined;
  if (hasJinja(shell)) return rejectConversion('a shell that is a template');
  convertValues(args, context);
  const argv = new YAMLSeq();
  argv.items = [new Scalar(shell), new Scalar('-c'), command.value];
  removePair(args, executable);
  renameKey(command, 'argv');
  command.value = argv;
  const module = context.modules.get('command');
  if (module !== undefined) checkArgs('command', module, args);
  return { name: 'command', args, keywords: {} };
}

/** `systemd: daemon_reload=yes` without a unit. */
function daemonReload(args: YAMLMap): ConvertedModule {
  const other = args.items.find((pair) => keyOf(pair) !== 'daemon_reload');
  if (other !== undefined) return rejectConversion(`systemd without a name, with ${keyOf(other)}`);
  const command = new Scalar('systemctl daemon-reload');
  return { name: 'command', args: command, keywords: { changed_when: false } };
}

function convertMeta(args: YAMLMap | undefined): ConvertedModule {
  const word = textOf(args?.items[0]?.value) ?? '';
  if (!['flush_handlers', 'end_play', 'end_batch', 'end_host', 'noop'].includes(word)) return rejectConversion(`meta: ${word}`);
  return { name: 'meta', args: new Scalar(word), keywords: {} };
}

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
    }
  }
  const apply = findPair(args, 'apply');
  if (apply !== undefined) rejectConversion('apply: of an include');
  convertValues(args, context);
  const [only, more] = args.items;
  const isFile = only !== undefined && more === undefined && keyOf(only) === 'file';
  return { name, args: isFile ? (only.value as Node) : args, keywords: {} };
}

/** Ansible reads a text such as `yes` or `10` as what an argument takes. */
function readTypes(module: Parameters<typeof checkModuleArgs>[1], args: YAMLMap): undefined {
  const issues: readonly { readonly code: string; readonly expected?: string; readonly path: readonly unknown[] }[] =
    module.args.safeParse(JSON.parse(JSON.stringify(args))).error?.issues ?? [];
  for (const { code, expected, path } of issues) {
    const node = path.length === 1 ? findPair(args, String(path[0]))?.value : undefined;
    if (code !== 'invalid_type' || !isScalar(node)) continue;
    const { value } = node;
    if (expected === 'boolean' && typeof value === 'string') {
      const read = readYesNo(value);
      if (read !== undefined) setScalar(node, read);
    } else if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^-?\d+$/.test(value))
      setScalar(node, Number(value));
    else if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
      setScalar(node, String(value));
      node.type = Scalar.QUOTE_DOUBLE;
    }
  }
}

/** The arguments against the schema of the module. */
function checkArgs(name: string, module: Parameters<typeof checkModuleArgs>[1], args: YAMLMap): undefined {
  const plain = JSON.parse(JSON.stringify(args)) as unknown;
  const { source } = readYaml(JSON.stringify(plain), 'args');
  const [problem] = checkModuleArgs(name, module, plain, source, []);
  if (problem !== undefined) rejectConversion(`${name}: ${problem.message}`);
}

/** `command: uptime` where that is all. */
function toFreeForm(args: YAMLMap, freeForm: string | undefined, written: Node | null): Node {
  const [only, more] = args.items;
  const isWritten = !isMap(written);
  if (only === undefined || more !== undefined || freeForm === undefined || keyOf(only) !== freeForm || !isWritten || !isScalar(only.value))
    return args;
  return only.value;
}
