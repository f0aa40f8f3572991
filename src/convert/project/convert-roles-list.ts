import { isMap, isScalar, type Pair, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { rejectConversion } from '../not-convertible.ts';
import { convertKeyword } from '../tasks/convert-keywords.ts';
import { shortenRole } from '../tasks/convert-module.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { convertValues } from '../tasks/values/convert-values.ts';
import { findPair, keyOf, removePair, renameKey, textOf } from '../yaml-nodes.ts';

const KEYWORDS = new Set([
  'when',
  'become',
  'become_user',
  'become_method',
  'run_once',
  'ignore_errors',
  'ignore_unreachable',
  'no_log',
  'environment',
  'delegate_to',
  'tags',
]);

/** The entries of `roles:` or of the dependencies of a role, in their place. */
export function convertRoleEntries(list: YAMLSeq, context: TaskContext): undefined {
  for (const item of list.items) {
    if (isScalar(item)) shortenRole({ value: item } as Pair, context);
    if (!isMap(item)) convertValues(item, context);
    else convertEntry(item, context);
  }
}

function convertEntry(entry: YAMLMap, context: TaskContext): undefined {
  const name = findPair(entry, 'role') ?? findPair(entry, 'name') ?? findPair(entry, 'src');
  if (name === undefined) return rejectConversion('a role without a name');
  renameKey(name, 'role');
  shortenRole(name, context);
  const written = textOf(name.value) ?? '';
  if (/[:/]/.test(written) && !context.roles.has(written)) rejectConversion('a role of another repository');
  for (const pair of [...entry.items]) convertPart(entry, pair, context);
}

function convertPart(entry: YAMLMap, pair: Pair, context: TaskContext): undefined {
  const key = keyOf(pair);
  if (['version', 'scm', 'src', 'galaxy_info'].includes(key)) return removePair(entry, pair);
  if (KEYWORDS.has(key)) return convertKeyword(entry, pair, context);
  convertValues(pair.value, context);
  if (key === 'role' && pair.value === null) pair.value = new Scalar('');
}
