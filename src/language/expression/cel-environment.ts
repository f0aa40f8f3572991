import { createRequire } from 'node:module';
import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { isEmpty } from '../functions/logic-functions.ts';
import { fromCel } from './cel-values.ts';

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

/** What CEL itself has beside the functions of swarm, for "Did you mean" and the docs. */
export const CEL_NATIVES = [
  ...['has', 'duration', 'timestamp', 'indexOf', 'lastIndexOf', 'substring'],
  ...['filter', 'all', 'exists', 'exists_one', 'getFullYear', 'getMonth', 'getDate', 'getHours', 'getMinutes', 'getSeconds'],
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
  readonly args: readonly [ASTNode, ASTNode, ASTNode?];
}

const isAbsentError = (value: unknown): boolean =>
  value instanceof Error && ['no_such_key', 'unknown_variable', 'index_out_of_bounds'].includes(String((value as { code?: unknown }).code));

function tryEvaluate(evaluator: Evaluator, ast: ASTNode, context: unknown): { readonly absent: boolean; readonly value: unknown } {
  const value = evaluator.tryEval(ast, context);
  if (value instanceof Error && !isAbsentError(value)) throw value;
  return { absent: value instanceof Error || value === null || value === undefined, value };
}

function addFunctions(cel: Environment): void {
  const defaultMacro = ({ args }: Macro) => ({
    args,
    async: false,
    typeCheck(checker: Checker, macro: Macro, context: unknown) {
      for (const arg of macro.args) if (arg !== undefined) checker.check(arg, context);
      return checker.getType('dyn');
    },
    evaluate(evaluator: Evaluator, macro: Macro, context: unknown) {
      const [of, otherwise, empty] = macro.args;
      const { absent, value } = tryEvaluate(evaluator, of, context);
      const isMissing = absent || (empty !== undefined && evaluator.run(empty, context) === true && isEmpty(fromCel(value)));
      return isMissing ? evaluator.run(otherwise, context) : value;
    },
  });
  // `default(x, y)`: y where x, or a part of its path, does not exist or is null; `default(x, y, true)`: also where x is empty
  cel.registerFunction('default(ast, ast): dyn', defaultMacro);
  cel.registerFunction('default(ast, ast, ast): dyn', defaultMacro);
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
  for (const sign of ['+', '-', '*', '/'] as const) addMixedOperator(cel, sign);
}

/** CEL has no `1 + 0.5`: a whole number and a double. In swarm the result is a double. */
function addMixedOperator(cel: Environment, sign: '+' | '-' | '*' | '/'): void {
  const calculate = (one: bigint | number, other: bigint | number): number => {
    const [a, b] = [Number(one), Number(other)];
    return sign === '+' ? a + b : sign === '-' ? a - b : sign === '*' ? a * b : a / b;
  };
  cel.registerOperator(`int ${sign} double`, calculate);
  cel.registerOperator(`double ${sign} int`, calculate);
}
