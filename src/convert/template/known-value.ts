import { type SwarmExpression, typeOfJson } from '../jinja/swarm-expression.ts';

type Known = string | number | boolean | null | undefined;

/** The value of an expression that no host can change; undefined for any other. */
export function knownValue(expression: SwarmExpression): Known {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'not': {
      const value = knownValue(expression.of);
      return value === undefined ? undefined : !value;
    }
    case 'call':
      return knownCall(expression.name, expression.args[0]);
    case 'operation':
      return knownOperation(expression);
    default:
      return undefined;
  }
}

function knownCall(name: string, input: SwarmExpression | undefined): Known {
  const isWritten = input?.kind === 'literal' || input?.kind === 'list' || input?.kind === 'mapping';
  if (!isWritten || (name !== 'defined' && name !== 'type_of')) return undefined;
  if (name === 'defined') return true;
  return input.kind === 'literal' ? (input.value === null ? 'null' : typeOfJson(input.value)) : input.kind;
}

function knownOperation({ op, left, right }: Extract<SwarmExpression, { kind: 'operation' }>): Known {
  const [one, other] = [knownValue(left), knownValue(right)];
  if (op === '&&' || op === '||') {
    const decides = op === '||';
    if (one === decides || other === decides) return decides;
    return one === undefined || other === undefined ? undefined : !decides;
  }
  if (one === undefined || other === undefined) return undefined;
  return op === '==' ? one === other : op === '!=' ? one !== other : undefined;
}
