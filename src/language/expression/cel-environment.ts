import { createRequire } from 'node:module';
import type { ASTNode, Environment } from '@marcbachmann/cel-js';

let environment: Environment | undefined;

/** CEL with the names of a run left open, and a few functions that playbooks need. Loaded when the first expression occurs. */
export function getCelEnvironment(): Environment {
  if (environment !== undefined) return environment;
  const require = createRequire(import.meta.url);
  const { Environment: Cel } = require('@marcbachmann/cel-js') as typeof import('@marcbachmann/cel-js');
  environment = new Cel({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, enableOptionalTypes: true });
  addFunctions(environment);
  return environment;
}

/** Functions beside CEL's own, for "Did you mean" and the docs. */
export const CEL_FUNCTIONS = ['has', 'defined', 'default', 'size', 'int', 'double', 'string', 'bool', 'duration', 'timestamp'];
export const CEL_METHODS = [
  ...[
    'contains',
    'startsWith',
    'endsWith',
    'matches',
    'split',
    'join',
    'replace',
    'trim',
    'lower',
    'upper',
    'indexOf',
    'lastIndexOf',
    'substring',
  ],
  ...['map', 'filter', 'all', 'exists', 'exists_one', 'first', 'last', 'sort', 'unique', 'flatten', 'size'],
];

/** The part of cel-js's evaluator that a macro is handed. */
interface Evaluator {
  tryEval(ast: ASTNode, context: unknown): unknown;
  run(ast: ASTNode, context: unknown): unknown;
}
interface Checker {
  check(ast: ASTNode, context: unknown): unknown;
  getType(name: string): unknown;
}
interface Macro {
  readonly args: readonly [ASTNode, ASTNode];
}

const isAbsentError = (value: unknown): boolean =>
  value instanceof Error && ['no_such_key', 'unknown_variable', 'index_out_of_bounds'].includes(String((value as { code?: unknown }).code));

function tryEvaluate(evaluator: Evaluator, ast: ASTNode, context: unknown): { readonly absent: boolean; readonly value: unknown } {
  const value = evaluator.tryEval(ast, context);
  if (value instanceof Error && !isAbsentError(value)) throw value;
  return { absent: value instanceof Error || value === null || value === undefined, value };
}

function addFunctions(cel: Environment): void {
  // `default(x, y)`: y where x, or a part of its path, does not exist or is null
  cel.registerFunction('default(ast, ast): dyn', ({ args }: Macro) => ({
    args,
    async: false,
    typeCheck(checker: Checker, macro: Macro, context: unknown) {
      for (const arg of macro.args) checker.check(arg, context);
      return checker.getType('dyn');
    },
    evaluate(evaluator: Evaluator, macro: Macro, context: unknown) {
      const { absent, value } = tryEvaluate(evaluator, macro.args[0], context);
      return absent ? evaluator.run(macro.args[1], context) : value;
    },
  }));
  // `defined(x)`: what `x is defined` is in Ansible
  cel.registerFunction('defined(ast): bool', ({ args }: Macro) => ({
    args,
    async: false,
    typeCheck(checker: Checker, macro: Macro, context: unknown) {
      checker.check(macro.args[0], context);
      return checker.getType('bool');
    },
    evaluate: (evaluator: Evaluator, macro: Macro, context: unknown) => !tryEvaluate(evaluator, macro.args[0], context).absent,
  }));
  cel.registerFunction('string.lower(): string', (text: string) => text.toLowerCase());
  cel.registerFunction('string.upper(): string', (text: string) => text.toUpperCase());
  cel.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  );
  cel.registerFunction('list.first(): dyn', (list: readonly unknown[]) => list[0] ?? null);
  cel.registerFunction('list.last(): dyn', (list: readonly unknown[]) => list.at(-1) ?? null);
  cel.registerFunction('list.unique(): list', (list: readonly unknown[]) => [...new Set(list)]);
  cel.registerFunction('list.flatten(): list', (list: readonly unknown[]) => list.flat());
  cel.registerFunction('list.sort(): list', (list: readonly (string | number | bigint)[]) =>
    [...list].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}
