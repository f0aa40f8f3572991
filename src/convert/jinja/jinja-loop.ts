import { rejectConversion } from '../not-convertible.ts';
import { call, literal, operation, type SwarmExpression } from './swarm-expression.ts';
import { literalValue, type Translation } from './translation.ts';

/** `loop.NAME` in a for of a template. The local `loop` is the list, or null in a for with a condition: what Jinja counts there is not known. */
export function translateLoopField(name: string, { locals }: Translation): SwarmExpression {
  const data = (of: string): SwarmExpression => ({ kind: 'name', name: of, type: 'any' });
  const list = locals.get('loop') ?? rejectConversion('`loop` outside a for');
  if (literalValue(list) === null) return rejectConversion(`\`loop.${name}\` in a for with a condition`);
  if (name === 'index0' || name === 'index') return name === 'index0' ? data('@index') : operation('+', data('@index'), literal(1));
  if (name === 'first' || name === 'last') return { ...data(`@${name}`), type: 'bool' } as SwarmExpression;
  if (name === 'length') return call('size', [list], 'number');
  return rejectConversion(`\`loop.${name}\``);
}
