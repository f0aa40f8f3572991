import { type Pair, Scalar, type YAMLMap } from 'yaml';
import { rejectConversion } from '../not-convertible.ts';
import { soleExpression } from '../template/convert-text.ts';
import { addPair, asMap, findPair, keyOf, removePair, renameKey, textOf } from '../yaml-nodes.ts';
import { moduleBaseName } from './module-rules.ts';

/** `action: copy src=a` and `local_action: command uptime`. */
export function renameActions(task: YAMLMap): undefined {
  for (const pair of [...task.items]) {
    const key = keyOf(pair);
    if (key !== 'action' && key !== 'local_action') continue;
    if (key === 'local_action' && findPair(task, 'delegate_to') === undefined) addPair(task, 'delegate_to', new Scalar('localhost'));
    const map = asMap(pair.value);
    if (map !== undefined) {
      const module = findPair(map, 'module') ?? rejectConversion(`${key} without a module`);
      renameKey(pair, textOf(module.value) ?? '');
      removePair(map, module);
      continue;
    }
    const [, name, rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(textOf(pair.value) ?? '') ?? [];
    renameKey(pair, name ?? rejectConversion(`${key} without a module`));
    pair.value = rest === '' ? null : new Scalar(rest);
  }
}

/** `include: x.yml` of old playbooks. */
export function convertInclude(task: YAMLMap, pair: Pair): undefined {
  if (moduleBaseName(keyOf(pair)) !== 'include') return;
  const isDynamic =
    task.items.some((each) => keyOf(each) === 'loop' || keyOf(each).startsWith('with_')) || (textOf(pair.value) ?? '').includes('{{');
  renameKey(pair, isDynamic ? 'include_tasks' : 'import_tasks');
}

/** `include_vars: "{{ lookup('first_found', params) }}"` with params in vars is `with_first_found`. */
export function convertFoundFile(task: YAMLMap, pair: Pair): undefined {
  const holder = asMap(pair.value);
  const place = holder === undefined ? pair : (findPair(holder, 'file') ?? pair);
  const expression = soleExpressionOf(textOf(place.value));
  const [, name] =
    /^(?:lookup|query|q)\(\s*['"](?:ansible\.builtin\.)?first_found['"]\s*,\s*(\w+)\s*(?:,\s*errors\s*=\s*['"]ignore['"]\s*)?\)$/.exec(
      expression ?? '',
    ) ?? [];
  if (name === undefined) return;
  const vars = asMap(findPair(task, 'vars')?.value);
  const files = vars === undefined ? undefined : findPair(vars, name);
  if (vars === undefined || files === undefined) return rejectConversion('the lookup first_found of a variable of another place');
  removePair(vars, files);
  const varsPair = findPair(task, 'vars');
  if (vars.items.length === 0 && varsPair !== undefined) removePair(task, varsPair);
  place.value = new Scalar('{{ item }}');
  addPair(task, 'with_first_found', files.value);
}

function soleExpressionOf(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : soleExpression(text)?.trim();
  } catch {
    return undefined; // reported where the value itself is converted
  }
}
