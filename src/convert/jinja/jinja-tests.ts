import { rejectConversion } from '../not-convertible.ts';
import { checkPattern } from './filters/regex-filters.ts';
import { FILTERS } from './jinja-filters.ts';
import { call, hasContent, literal, not, type Operator, operation, type SwarmExpression, toCondition, typeOf } from './swarm-expression.ts';
import { emptyTranslation, literalText, noteEmpty, type SwarmArgs, type Translation } from './translation.ts';

/** What `x is NAME` becomes. */
type TestRule = (input: SwarmExpression, given: SwarmArgs, translation: Translation) => SwarmExpression;

const compare =
  (op: Operator): TestRule =>
  (input, { args }) =>
    operation(op, input, args[0] ?? rejectConversion('a value is missing in a test'));
const field =
  (name: string): TestRule =>
  (input) => ({ kind: 'field', of: input, name, type: 'bool' });
const failed = field('failed');
/** Only a result of a host that did not answer has the field. */
const unreachable: TestRule = (input) =>
  call('default', [{ kind: 'field', of: input, name: 'unreachable', type: 'bool' }, literal(false)], 'bool');
const typeTest =
  (...types: readonly string[]): TestRule =>
  (input) => {
    const tests = types.map((type) => operation('==', call('type_of', [input], 'text'), literal(type)));
    return tests.reduce((left, right) => operation('||', left, right));
  };
const defined: TestRule = (input, _, translation) => {
  noteEmpty(input, translation);
  return call('defined', [input], 'bool');
};

/** `is match` begins at the start of the text, `is search` anywhere. */
const matchTest =
  (anchored: boolean): TestRule =>
  (input, { args, named }) => {
    if (Object.keys(named).some((each) => each !== 'ignorecase' && each !== 'multiline')) rejectConversion('a match with other flags');
    const pattern = checkPattern(args[0]);
    const flags = named['ignorecase'] === undefined ? '' : '(?i)';
    const text = literalText(pattern);
    if (text === undefined) return call('matches', [input, anchored ? operation('+', literal(`${flags}^`), pattern) : pattern], 'bool');
    const start = !anchored || text.startsWith('^') ? '' : '^';
    const body = start !== '' && text.includes('|') ? `(?:${text})` : text;
    return call('matches', [input, literal(`${flags}${start}${body}`)], 'bool');
  };

const inTest: TestRule = (input, { args }) => containsValue(args[0] ?? rejectConversion('a value is missing in a test'), input);

/** `x in list`; of a text or of what is not known, `contains`. */
export function containsValue(container: SwarmExpression, value: SwarmExpression): SwarmExpression {
  const type = typeOf(container);
  return type === 'list' || type === 'mapping' ? operation('in', value, container) : call('contains', [container, value], 'bool');
}

const contains: TestRule = (input, { args }) => containsValue(input, args[0] ?? rejectConversion('a value is missing in a test'));
const versionTest: TestRule = (input, given, translation) => FILTERS['version']?.(input, given, translation) ?? input;
const remainder =
  (expected: number): TestRule =>
  (input) =>
    operation('==', operation('%', input, literal(2)), literal(expected));
const isSubset = (inner: SwarmExpression, outer: SwarmExpression): SwarmExpression =>
  operation('==', call('size', [call('difference', [inner, outer], 'list')], 'number'), literal(0));

/** Whether it is true, where it need not be true or false itself. */
export const asBool = (condition: SwarmExpression): SwarmExpression => (typeOf(condition) === 'bool' ? condition : hasContent(condition));

const ENTRY: SwarmExpression = { kind: 'name', name: 'each', type: 'any' };

/** The tests of Jinja and Ansible that swarm has. */
const TESTS: Readonly<Record<string, TestRule>> = Object.assign(Object.create(null), {
  defined,
  undefined: (input: SwarmExpression, given: SwarmArgs, translation: Translation) => not(defined(input, given, translation)),
  none: (input: SwarmExpression) => operation('==', input, literal(null)),
  ...{ equalto: compare('=='), eq: compare('=='), sameas: compare('=='), ne: compare('!=') },
  ...{ gt: compare('>'), greaterthan: compare('>'), ge: compare('>='), lt: compare('<'), lessthan: compare('<'), le: compare('<=') },
  in: inTest,
  contains,
  ...{
    failed,
    failure: failed,
    unreachable,
    reachable: (input: SwarmExpression, given: SwarmArgs, translation: Translation) => not(unreachable(input, given, translation)),
    changed: field('changed'),
    finished: field('finished'),
    started: field('started'),
    change: field('changed'),
    skipped: field('skipped'),
    skip: field('skipped'),
  },
  ...Object.fromEntries(
    ['success', 'succeeded', 'successful'].map((each) => [
      each,
      (input: SwarmExpression) => not(field('failed')(input, { args: [], named: {} }, NONE)),
    ]),
  ),
  match: matchTest(true),
  ...{ search: matchTest(false), regex: matchTest(false) },
  ...{ version: versionTest, version_compare: versionTest },
  ...{ even: remainder(0), odd: remainder(1) },
  divisibleby: (input: SwarmExpression, { args }: SwarmArgs) => operation('==', operation('%', input, args[0] ?? literal(1)), literal(0)),
  string: typeTest('text'),
  number: typeTest('number', 'bool'), // True is a number in Python
  integer: typeTest('number'),
  boolean: typeTest('bool'),
  mapping: typeTest('mapping'),
  sequence: typeTest('list', 'text', 'mapping'),
  iterable: typeTest('list', 'text', 'mapping'),
  true: (input: SwarmExpression) => operation('==', input, literal(true)),
  false: (input: SwarmExpression) => operation('==', input, literal(false)),
  truthy: (input: SwarmExpression) => asBool(toCondition(input)),
  falsy: (input: SwarmExpression) => not(toCondition(input)),
  any: (input: SwarmExpression) => ({ kind: 'each', how: 'exists', list: input, name: 'each', body: hasContent(ENTRY) }),
  all: (input: SwarmExpression) => ({ kind: 'each', how: 'all', list: input, name: 'each', body: hasContent(ENTRY) }),
  subset: (input: SwarmExpression, { args }: SwarmArgs) => isSubset(input, args[0] ?? literal(null)),
  superset: (input: SwarmExpression, { args }: SwarmArgs) => isSubset(args[0] ?? literal(null), input),
});
const NONE = emptyTranslation();

/** `input is NAME(args)`. Throws NotConvertible for a test that swarm does not have. */
export function translateTest(name: string, input: SwarmExpression, given: SwarmArgs, translation: Translation): SwarmExpression {
  const symbol = { '==': 'eq', '!=': 'ne', '>': 'gt', '>=': 'ge', '<': 'lt', '<=': 'le' }[name] ?? name.replace(/^ansible\.builtin\./, '');
  const rule = TESTS[symbol];
  return rule === undefined ? rejectConversion(`the test \`is ${name}\``) : rule(input, given, translation);
}
