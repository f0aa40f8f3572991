import { isMap, isScalar, isSeq } from 'yaml';
import { simplify } from '../jinja/simplify.ts';
import { call, literal, operation, type SwarmExpression } from '../jinja/swarm-expression.ts';
import { literalText } from '../jinja/translation.ts';
import { rejectConversion } from '../not-convertible.ts';
import { findPair } from '../yaml-nodes.ts';
import type { TaskContext } from './task-context.ts';
import { translateValue } from './values/convert-values.ts';

/** `with_first_found` as a list of at most one name: the first of these files that the project has. The files that it has are known now.
 *  `folder`: the folder of a role in which the module finds files. */
export function firstFound(node: unknown, context: TaskContext, folder: string): SwarmExpression {
  const names: SwarmExpression[] = [];
  let skip = false;
  for (const item of isSeq(node) ? node.items : [node]) {
    if (!isMap(item)) {
      names.push(translateValue(item, context.translation));
      continue;
    }
    const files = findPair(item, 'files')?.value;
    const paths = findPair(item, 'paths')?.value;
    const skipped = findPair(item, 'skip')?.value;
    if (isScalar(skipped) && skipped.value === true) skip = true;
    const list = (of: unknown): readonly SwarmExpression[] =>
      of === undefined || of === null
        ? []
        : isSeq(of)
          ? of.items.map((each) => translateValue(each, context.translation))
          : [translateValue(of, context.translation)];
    const folders = list(paths);
    const all = list(files);
    for (const path of folders.length === 0 ? [undefined] : folders)
      for (const name of all) names.push(path === undefined ? name : joinPath(path, name));
  }
  const written = names.map(inRole).map(simplify);
  const patterns = written.map(toPattern);
  const inFolder = context.candidates.filter((file) => file.startsWith(`${folder}/`));
  const writtenNames = inFolder.flatMap((file) => [file.slice(folder.length + 1), file, `../${file}`]);
  const existing = [...new Set(writtenNames)].filter((file) => patterns.some((pattern) => pattern.test(file)));
  const lost = written.find((name, i) => hasComputedFolder(name) && !existing.some((file) => patterns[i]?.test(file)));
  if (lost !== undefined) rejectConversion('the first file found in a computed folder');
  const known: SwarmExpression = { kind: 'list', items: existing.map(literal) };
  const found = call('intersect', [{ kind: 'list', items: written }, known], 'list');
  return skip
    ? call('slice', [found, literal(0), literal(1)], 'list')
    : { kind: 'list', items: [{ kind: 'index', of: found, key: literal(0) }] };
}

const joinPath = (folder: SwarmExpression, name: SwarmExpression): SwarmExpression => {
  const [one, two] = [literalText(folder), literalText(name)];
  if (one !== undefined && two !== undefined) return literal(`${one.replace(/\/$/, '')}/${two}`);
  return operation('+', operation('+', folder, literal('/')), name);
};

/** What a name is put together of. */
const partsOf = (name: SwarmExpression): readonly SwarmExpression[] =>
  name.kind === 'operation' && name.op === '+' ? [...partsOf(name.left), ...partsOf(name.right)] : [name];

/** A file of the role is written from the folder in which the module searches: `..` is the role. */
function inRole(name: SwarmExpression): SwarmExpression {
  const [first, ...rest] = partsOf(name);
  if (first?.kind !== 'name' || first.name !== 'role_path') return name;
  const joined: SwarmExpression[] = [literal('..')];
  for (const part of rest) {
    const [before, text] = [literalText(joined.at(-1)), literalText(part)];
    if (before === undefined || text === undefined) joined.push(part);
    else joined[joined.length - 1] = literal(before + text);
  }
  return joined.reduce((left, right) => operation('+', left, right));
}

/** Whether a name begins with a folder that only the run knows. */
function hasComputedFolder(name: SwarmExpression): boolean {
  const [first, ...rest] = partsOf(name);
  return first?.kind !== 'literal' && rest.some((each) => literalText(each)?.includes('/'));
}

/** What a name can be, whatever its variables are. */
function toPattern(name: SwarmExpression): RegExp {
  const write = (each: SwarmExpression): string => {
    const text = literalText(each);
    if (text !== undefined) return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return each.kind === 'operation' && each.op === '+' ? `${write(each.left)}${write(each.right)}` : '(?!\\.\\.)[^/]*';
  };
  return new RegExp(`^${write(name)}$`);
}
