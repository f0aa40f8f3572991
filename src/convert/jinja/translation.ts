import type { Json } from '../../core/json-value.ts';
import type { SwarmExpression, ValueType } from './target-tree.ts';

/** What an expression is translated with. */
export interface Translation {
  /** The types of variables, as far as all their definitions agree. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** Names that tasks register. */
  readonly registered: ReadonlySet<string>;
  /** Names that stand for something else: block parameters, and what `{% set %}` assigned. */
  readonly locals: ReadonlyMap<string, SwarmExpression>;
  /** What means something else afterwards. */
  readonly changes: Set<string>;
}

/** Values of a filter, a test or a call, translated. */
export interface TargetArgs {
  readonly args: readonly SwarmExpression[];
  readonly named: Readonly<Record<string, SwarmExpression>>;
}

/** A translation that knows nothing of the project. */
export const emptyTranslation = (): Translation => ({ types: new Map(), registered: new Set(), locals: new Map(), changes: new Set() });

/** The value of a literal; undefined for what is computed. */
export function literalValue(target: SwarmExpression | undefined): string | number | boolean | null | undefined {
  if (target?.kind === 'negative' && target.of.kind === 'literal' && typeof target.of.value === 'number') return -target.of.value;
  return target?.kind === 'literal' ? target.value : undefined;
}

/** A literal as a text; undefined for anything else. */
export function literalText(target: SwarmExpression | undefined): string | undefined {
  const value: Json | undefined = literalValue(target);
  return typeof value === 'string' ? value : undefined;
}

const FIELD_TYPES: Readonly<Record<string, ValueType>> = {
  ...{ changed: 'bool', failed: 'bool', skipped: 'bool', exists: 'bool', isdir: 'bool', isreg: 'bool', islnk: 'bool' },
  ...{ rc: 'number', stdout: 'text', stderr: 'text', stdout_lines: 'list', stderr_lines: 'list', results: 'list', stat: 'mapping' },
};

/** The type of a field of what a task registered. */
export const registeredFieldType = (name: string): ValueType => (Object.hasOwn(FIELD_TYPES, name) ? (FIELD_TYPES[name] ?? 'any') : 'any');
