import { ownValue } from '../../../core/own-value.ts';
import type { JinjaArgs, JinjaNode } from '../../jinja/jinja-tree.ts';
import { translate } from '../../jinja/translate-jinja.ts';
import { rejectConversion } from '../../not-convertible.ts';
import type { Part } from '../template-part.ts';
import { type Scope, withLocal } from '../template-scope.ts';

type SetPart = Extract<Part, { kind: 'set' }>;

/** What a part sets so that it holds also after the loop around it: a field of a namespace, or a list by `.append()`. */
export interface FieldSet {
  /** `ns.x` or the name of the list. */
  readonly name: string;
  readonly value: JinjaNode;
}

/** What a method of Python that changes its value makes of it: `list.append(x)` is `list = list + [x]`. */
const CHANGING_METHODS: Readonly<Record<string, (of: JinjaNode, args: JinjaArgs) => JinjaNode>> = {
  append: (left, { args }) => ({ kind: 'binary', op: '+', left, right: { kind: 'list', items: args } }),
  extend: (left, { args: [right = { kind: 'list', items: [] }] }) => ({ kind: 'binary', op: '+', left, right }),
  update: (of, { args, named }) => {
    const entries = Object.entries(named).map(([key, value]) => [{ kind: 'literal', value: key } as const, value] as const);
    return { kind: 'filter', name: 'combine', of, args: entries.length === 0 ? args : [...args, { kind: 'mapping', entries }], named: {} };
  },
};

/** Reads `{% set ns.x = … %}` and `{% set _ = list.append(…) %}`. Undefined for any other set. */
export function readFieldSet({ names: [name = '', more], value }: SetPart): FieldSet | undefined {
  if (value === undefined || more !== undefined) return undefined;
  if (name.includes('.')) return { name, value };
  if (value.kind !== 'call' || value.of.kind !== 'attribute' || value.of.of.kind !== 'name') return undefined;
  const { of, name: method } = value.of;
  const change = ownValue(CHANGING_METHODS, method);
  return change && { name: of.name, value: change(of, value) };
}

/** Whether an expression is the field itself, as it was before. */
export const isField = (node: JinjaNode, name: string): boolean =>
  node.kind === 'name'
    ? node.name === name
    : node.kind === 'attribute' && node.of.kind === 'name' && `${node.of.name}.${node.name}` === name;

/** What the names mean after a field is set. Throws NotConvertible for what is not a namespace or list of the template. */
export function setField({ name, value }: FieldSet, scope: Scope): Scope {
  assertOwn(name, scope);
  return withLocal(scope, name, translate(value, scope.translation));
}

/** Only what the template made itself changes by a set: a variable of the playbook stays as it is. */
export function assertOwn(name: string, { translation }: Scope): undefined {
  const owner = translation.locals.get(name.split('.')[0] ?? '');
  if (owner?.kind === 'mapping' && name.includes('.')) return;
  if (owner !== undefined && !name.includes('.')) return;
  rejectConversion(
    name.includes('.') ? '{% set %} of other than a name' : `a method of Python that changes \`${name}\`, which the template did not make`,
  );
}

/** The fields of `ns = namespace(a=1)`, each as a name of its own. Undefined for any other value. */
export function readNamespace(name: string, value: JinjaNode | undefined, scope: Scope): Scope | undefined {
  if (value?.kind !== 'call' || value.of.kind !== 'name' || value.of.name !== 'namespace') return undefined;
  if (value.args.length > 0) return rejectConversion('namespace() of a mapping');
  const fields = Object.entries(value.named).map(([field, node]) => [field, translate(node, scope.translation)] as const);
  const made = withLocal(scope, name, { kind: 'mapping', entries: [] });
  return fields.reduce((after, [field, each]) => withLocal(after, `${name}.${field}`, each), made);
}

/** What a macro or a block set in a namespace around it holds after it too. */
export const keepFields = (scope: Scope, after: Scope): Scope =>
  [...after.translation.locals].reduce(
    (kept, [name, value]) => (name.includes('.') && scope.translation.locals.get(name) !== value ? withLocal(kept, name, value) : kept),
    scope,
  );
