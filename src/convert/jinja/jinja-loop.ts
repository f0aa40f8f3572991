import { rejectConversion } from '../not-convertible.ts';
import { call, literal, operation, type SwarmExpression } from './swarm-expression.ts';
import { literalValue, type Translation } from './translation.ts';

/** The local that says whether an entry of the for has two names. */
export const LOOP_PAIRS = 'loop pairs';

/** `loop.NAME` in a for of a template. The local `loop` is the list, or null in a for with a condition: what Jinja counts there is not known. */
export function translateLoopField(name: string, { locals }: Translation): SwarmExpression {
  const data = (of: string): SwarmExpression => ({ kind: 'name', name: of, type: 'any' });
  const list = locals.get('loop') ?? rejectConversion('`loop` outside a for');
  if (literalValue(list) === null) return rejectConversion(`\`loop.${name}\` in a for with a condition`);
  if (name === 'index0' || name === 'index') return name === 'index0' ? data('@index') : operation('+', data('@index'), literal(1));
  if (name === 'first' || name === 'last') return { ...data(`@${name}`), type: 'bool' } as SwarmExpression;
  const length = call('size', [list], 'number');
  if (name === 'length') return length;
  if (name === 'revindex') return operation('-', length, data('@index'));
  if (name === 'revindex0') return operation('-', operation('-', length, literal(1)), data('@index'));
  if (name !== 'previtem' && name !== 'nextitem') return rejectConversion(`\`loop.${name}\``);
  if (literalValue(locals.get(LOOP_PAIRS)) === true) return rejectConversion(`\`loop.${name}\` in a for with two names`);
  const at = (key: SwarmExpression): SwarmExpression => ({ kind: 'index', of: list, key });
  const unless = (end: string, value: SwarmExpression): SwarmExpression => ({
    kind: 'choice',
    test: data(end),
    yes: literal(null),
    no: value,
  });
  if (name === 'previtem') return unless('@first', at(operation('-', data('@index'), literal(1))));
  return unless('@last', at(operation('+', data('@index'), literal(1))));
}

/** `loop.cycle("odd", "even")`: one value after the other, round by round. */
export function translateCycle(values: readonly SwarmExpression[], translation: Translation): SwarmExpression {
  if (values.length === 0) return rejectConversion('loop.cycle() without values');
  const round = operation('%', translateLoopField('index0', translation), literal(values.length));
  return { kind: 'index', of: { kind: 'list', items: values }, key: round };
}
