import { isMap, isScalar, isSeq, visit } from 'yaml';
import { isPrintedOtherwise, typeOf, type ValueType } from '../jinja/swarm-expression.ts';
import { translateExpression } from '../jinja/translate-jinja.ts';
import { emptyTranslation } from '../jinja/translation.ts';
import type { AnsibleDocument } from '../read-ansible-yaml.ts';
import { moduleBaseName, PACKAGE_MODULES } from '../tasks/module-rules.ts';
import { hasJinja, soleExpression } from '../template/convert-text.ts';
import { asMap, keyOf, textOf } from '../yaml-nodes.ts';

/** What the project shows of its variables. */
export interface ProjectNames {
  readonly types: ReadonlyMap<string, ValueType>;
  /** Variables whose values are texts without a line break at the end, and without a template. */
  readonly lines: ReadonlySet<string>;
  /** Variables that some definition leaves empty. */
  readonly empties: ReadonlySet<string>;
  /** Lists and mappings with true, false, a list or a mapping as an entry, beside texts and numbers. */
  readonly mixed: ReadonlySet<string>;
  /** Variables and fields that are true or false, a list or a mapping in one place and may be something else in another. */
  readonly varied: ReadonlySet<string>;
  readonly registered: ReadonlySet<string>;
  /** Those among them that alone `stat` with `checksum_algorithm: sha256` registers. */
  readonly sha256: ReadonlySet<string>;
  /** Those among them that package managers alone register, whose results have no `rc`. */
  readonly packages: ReadonlySet<string>;
}

/** Reads the types of all variables and the names that tasks register. `isVars`: the file is a mapping of variables. */
export function collectNames(documents: readonly { readonly yaml: AnsibleDocument; readonly isVars: boolean }[]): ProjectNames {
  const types = new Map<string, ValueType>();
  const registered = new Set<string>();
  const sha256 = new Set<string>();
  const sha1 = new Set<string>();
  const packages = new Set<string>();
  const otherResults = new Set<string>();
  const lines = new Set<string>();
  const others = new Set<string>();
  const templates: (readonly [name: string, text: string])[] = [];
  const aliases: (readonly [name: string, of: string])[] = [];
  const empties = new Set<string>();
  const mixed = new Set<string>();
  const varied = new Set<string>();
  const add = (name: string, type: ValueType): undefined => {
    const known = types.get(name);
    types.set(name, known === undefined || known === type ? type : 'any');
    if (known !== undefined && known !== type && [known, type].some(isPrintedOtherwise)) varied.add(name);
  };
  const addMap = (node: unknown): undefined => {
    for (const pair of asMap(node)?.items ?? []) {
      const of = aliasOf(pair.value);
      const type = typeOfNode(pair.value);
      if (of !== undefined) aliases.push([keyOf(pair), of]);
      else if (type === 'any' && textOf(pair.value) !== undefined) templates.push([keyOf(pair), textOf(pair.value) ?? '']);
      else if (type === undefined) empties.add(keyOf(pair));
      else add(keyOf(pair), type);
      if (hasMixedEntries(pair.value)) mixed.add(keyOf(pair));
      addFlags(pair.value, varied);
      (isLine(pair.value) ? lines : others).add(keyOf(pair));
    }
  };
  for (const { yaml, isVars } of documents) {
    if (isVars) addMap(yaml.document.contents);
    visit(yaml.document, {
      Map(_, map) {
        if (map.items.some((pair) => keyOf(pair) === 'role')) addMap(map); // the parameters of a role
      },
      Pair(_, pair, path) {
        const key = keyOf(pair);
        if (key === 'vars') addMap(pair.value);
        else if (key === 'set_fact' || key === 'ansible.builtin.set_fact') addMap(pair.value);
        else if (key === 'register') {
          const name = textOf(pair.value) ?? '';
          registered.add(name);
          (asksForSha256(path.at(-1)) ? sha256 : sha1).add(name);
          (isPackageTask(path.at(-1)) ? packages : otherResults).add(name);
        }
      },
    });
  }
  const typed = aliases.map(([name, of]) => [name, types.get(of) ?? 'any'] as const);
  for (const [name, type] of typed) add(name, type);
  for (const [name, text] of templates) add(name, typeOfTemplate(text, types, registered));
  for (const name of registered) if (types.has(name)) add(name, 'mapping');
  for (const name of [...others, ...registered]) lines.delete(name);
  for (const name of sha1) sha256.delete(name);
  for (const name of otherResults) packages.delete(name);
  return { types, lines, empties, mixed, varied, registered, sha256, packages };
}

const isPackageTask = (task: unknown): boolean =>
  isMap(task) && task.items.some((pair) => PACKAGE_MODULES.has(moduleBaseName(keyOf(pair))));

/** A task that has the same checksum of a file as swarm. */
function asksForSha256(task: unknown): boolean {
  const items = isMap(task) ? task.items : [];
  const args = items.find((pair) => ['stat', 'ansible.builtin.stat'].includes(keyOf(pair)))?.value;
  return (asMap(args)?.items ?? []).some((pair) => /^checksum(?:_algorithm)?$/.test(keyOf(pair)) && textOf(pair.value) === 'sha256');
}

/** A text in which only a template could end with a line break. */
function isLine(node: unknown): boolean {
  const text = textOf(node);
  return text !== undefined && !text.endsWith('\n') && !hasJinja(text);
}

function hasMixedEntries(node: unknown): boolean {
  const entries = isMap(node) ? node.items.map(({ value }) => value) : isSeq(node) ? node.items : [];
  return entries.some((each) => isMap(each) || isSeq(each) || isFlag(each)) && entries.some((each) => isScalar(each));
}

const isFlag = (node: unknown): boolean => isScalar(node) && typeof node.value === 'boolean';

/** Adds the names of fields that are true or false. An entry of `dict2items` has it as `value`. */
function addFlags(node: unknown, names: Set<string>): undefined {
  if (isSeq(node)) for (const item of node.items) addFlags(item, names);
  if (!isMap(node)) return;
  for (const pair of node.items) {
    if (isFlag(pair.value)) for (const name of [keyOf(pair), 'value']) names.add(name);
    addFlags(pair.value, names);
  }
}

/** The variable whose value another one has: `{{ name }}`. */
function aliasOf(node: unknown): string | undefined {
  return /^\s*\{\{\s*([A-Za-z_]\w*)\s*\}\}\s*$/.exec(textOf(node) ?? '')?.[1];
}

/** Undefined for an empty value, which says nothing. */
function typeOfNode(node: unknown): ValueType | undefined {
  if (isMap(node)) return 'mapping';
  if (isSeq(node)) return 'list';
  if (!isScalar(node)) return 'any';
  const { value } = node;
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'number';
  if (typeof value !== 'string') return 'any';
  return hasJinja(value) && isOneExpression(value) ? 'any' : 'text';
}

/** What an expression shows: a comparison, a test and `bool` are true or false. */
function typeOfTemplate(text: string, types: ReadonlyMap<string, ValueType>, registered: ReadonlySet<string>): ValueType {
  try {
    const expression = translateExpression(soleExpression(text) ?? '', { ...emptyTranslation(), types, registered });
    return typeOf(expression) === 'bool' ? 'bool' : 'any';
  } catch {
    return 'any'; // it is reported where it is converted
  }
}

function isOneExpression(text: string): boolean {
  try {
    return soleExpression(text) !== undefined;
  } catch {
    return true; // it is reported where it is converted
  }
}
