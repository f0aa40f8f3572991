import { isMap, isScalar, isSeq, type Node, Scalar, YAMLMap } from 'yaml';
import type { AnyModule } from '../../../core/module.ts';
import { ownValue } from '../../../core/own-value.ts';
import { checkModuleArgs } from '../../../language/playbook/check-module-args.ts';
import { readYaml } from '../../../language/yaml/read-yaml.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { addPair, findPair, keyOf, removePair, renameKey, setScalar } from '../../yaml-nodes.ts';
import { COMMON_NOTES } from '../module-rules.ts';
import type { ModuleRule } from '../rules/module-rule.ts';
import { parseCommandForm, parseShortForm } from '../short-form/short-form.ts';
import type { TaskContext } from '../task-context.ts';
import { readFlag } from './read-flag.ts';

const COMMANDS = new Set(['command', 'shell', 'raw', 'script']);
const INCLUDES: Readonly<Record<string, string>> = { include_tasks: 'file', import_tasks: 'file', include_vars: 'file', meta: 'free_form' };

/** The arguments as a mapping: short form, `args:` and `key=value` included. Undefined where there are none. */
export function readArgs(name: string, value: Node | null, extra: YAMLMap | undefined): YAMLMap | undefined {
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
  const set = (key: string, value: Node): void => addPair(args, key, value);
  if (COMMANDS.has(name)) {
    const parsed = parseCommandForm(text);
    const line = parsed['_raw_params'] ?? '';
    const isAsWritten = Object.keys(parsed).length === 1 && (name === 'shell' || line.trimEnd() === text.trimEnd());
    for (const [key, each] of Object.entries(parsed)) set(key, key === '_raw_params' && isAsWritten ? scalar : new Scalar(each));
    return args;
  }
  const free = ownValue(INCLUDES, name);
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
  const scalar = new Scalar(text);
  if (/[\t\n\r]/.test(text)) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** Renames, drops and adds what the table says of the module. */
export function applyRule(
  args: YAMLMap,
  { rename = {}, drop = {}, values = {}, add = {}, note = {} }: ModuleRule,
  { translation }: TaskContext,
): void {
  for (const pair of [...args.items]) {
    const key = ownValue(rename, keyOf(pair));
    if (key !== undefined) renameKey(pair, key);
    const name = keyOf(pair);
    const scalar = isScalar(pair.value) ? pair.value.value : undefined;
    const dropped = ownValue(drop, name);
    if (dropped !== undefined && (dropped === 'any' || dropped.some((each) => each === scalar))) {
      const change = ownValue(note, name) ?? ownValue(COMMON_NOTES, name);
      if (change !== undefined && scalar !== false) translation.changes.add(change);
      removePair(args, pair);
      continue;
    }
    const replaced =
      typeof scalar === 'string' || typeof scalar === 'boolean' ? ownValue(ownValue(values, name) ?? {}, String(scalar)) : undefined;
    if (replaced !== undefined && isScalar(pair.value)) setScalar(pair.value, replaced);
  }
  for (const [name, value] of Object.entries(add)) if (findPair(args, name) === undefined) addPair(args, name, new Scalar(value));
}

/** Ansible reads a text such as `yes` or `10` as what an argument takes. */
export function readTypes(module: AnyModule, args: YAMLMap): undefined {
  const issues: readonly { readonly code: string; readonly expected?: string; readonly path: readonly unknown[] }[] =
    module.args.safeParse(JSON.parse(JSON.stringify(args))).error?.issues ?? [];
  for (const { code, expected, path } of issues) {
    const node = path.length === 1 ? findPair(args, String(path[0]))?.value : undefined;
    if (code !== 'invalid_type' || !isScalar(node)) continue;
    const { value } = node;
    if (expected === 'boolean' && typeof value === 'string') {
      const read = readFlag(node);
      if (read !== undefined) setScalar(node, read);
    } else if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^-?\d+$/.test(value))
      setScalar(node, Number(value));
    else if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
      setScalar(node, String(value));
      node.type = Scalar.QUOTE_DOUBLE;
    }
  }
}

/** Compares the arguments with the schema of the module. Throws NotConvertible for the first that is wrong. */
export function checkArgs(name: string, module: AnyModule, args: YAMLMap): undefined {
  const plain = JSON.parse(JSON.stringify(args)) as unknown;
  const { source } = readYaml(JSON.stringify(plain), 'args');
  const [problem] = checkModuleArgs(name, module, plain, source, []);
  if (problem !== undefined) rejectConversion(`${name}: ${problem.message}`);
}
