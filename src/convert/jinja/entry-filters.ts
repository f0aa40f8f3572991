import { rejectConversion } from '../not-convertible.ts';
import { FILTERS, filterName } from './jinja-filters.ts';
import { translateTest } from './jinja-tests.ts';
import { call, literal, not, pathOf, type SwarmExpression, toCondition } from './swarm-expression.ts';
import { literalText, literalValue, type SwarmArgs, type Translation } from './translation.ts';

const ENTRY: SwarmExpression = { kind: 'name', name: 'each', type: 'any' };

/** `list | map(attribute='a')` and `list | map('lower')`. */
export function mapEntries(list: SwarmExpression, { args, named }: SwarmArgs, translation: Translation): SwarmExpression {
  const field = named['attribute'];
  if (field !== undefined) {
    const otherwise = named['default'];
    if (otherwise === undefined) return call('map', [list, toFieldName(mountField(list, field))], 'list');
    const body = call('default', [fieldOf(ENTRY, literalText(field) ?? rejectConversion('a computed attribute')), otherwise]);
    return { kind: 'each', how: 'map', list, name: 'each', body };
  }
  const name = filterName(literalText(args[0]) ?? rejectConversion('the filter map without a name'));
  if (name === 'extract') return mapExtract(list, args[1], args[2]);
  const rule = FILTERS[name];
  if (rule === undefined) return rejectConversion(`the filter ${name}`);
  return { kind: 'each', how: 'map', list, name: 'each', body: rule(ENTRY, { args: args.slice(1), named }, translation) };
}

/** Fields of the entries of `ansible_mounts`, and their names in `facts.mounts`. */
const MOUNT_FIELDS: Readonly<Record<string, string>> = {
  mount: 'path',
  device: 'device',
  fstype: 'type',
  size_total: 'size',
  size_available: 'available',
};

function mountField(list: SwarmExpression, field: SwarmExpression): SwarmExpression {
  if (pathOf(list) !== 'facts.mounts') return field;
  const name = literalText(field) ?? '';
  return literal(
    Object.hasOwn(MOUNT_FIELDS, name) ? (MOUNT_FIELDS[name] ?? '') : rejectConversion(`swarm has no fact for ${name} of ansible_mounts`),
  );
}

function mapExtract(list: SwarmExpression, from: SwarmExpression | undefined, field: SwarmExpression | undefined): SwarmExpression {
  if (from === undefined) return rejectConversion('the filter extract without a value');
  const entry: SwarmExpression = { kind: 'index', of: from, key: ENTRY };
  const name = literalText(field);
  if (field !== undefined && name === undefined) return rejectConversion('the filter extract with a computed key');
  return { kind: 'each', how: 'map', list, name: 'each', body: name === undefined ? entry : fieldOf(entry, name) };
}

const toFieldName = (field: SwarmExpression): SwarmExpression =>
  typeof literalValue(field) === 'number' ? rejectConversion('the filter map with a number') : field;

/** `a.b` of an entry. */
const fieldOf = (of: SwarmExpression, path: string): SwarmExpression =>
  path.split('.').reduce<SwarmExpression>((outer, name) => ({ kind: 'field', of: outer, name, type: 'any' }), of);

/** `select`, `reject`, `selectattr` and `rejectattr`. */
export function selectEntries(name: string, list: SwarmExpression, { args }: SwarmArgs, translation: Translation): SwarmExpression {
  const hasField = name.endsWith('attr');
  const written = hasField && args[0] !== undefined ? mountField(list, args[0]) : undefined;
  const field = hasField ? (literalText(written) ?? rejectConversion(`the filter ${name} with a computed attribute`)) : undefined;
  const [test, ...values] = hasField ? args.slice(1) : args;
  const testName = test === undefined ? 'truthy' : (literalText(test) ?? rejectConversion(`the filter ${name} with a computed test`));
  const isReject = name.startsWith('reject');
  if (field !== undefined && (test === undefined || ['equalto', 'eq', '=='].includes(testName)))
    return call(name, [list, ...(written === undefined ? [] : [written]), ...values.slice(0, 1)], 'list');
  if (field === undefined && ['match', 'search'].includes(testName) && values[0] !== undefined) {
    const tested = translateTest(testName, ENTRY, { args: values, named: {} }, translation);
    if (tested.kind === 'call' && tested.args[1] !== undefined) return call(name, [list, tested.args[1]], 'list');
  }
  const subject = field === undefined ? ENTRY : fieldOf(ENTRY, field);
  const condition = toCondition(translateTest(testName, subject, { args: values, named: {} }, translation));
  return { kind: 'each', how: 'filter', list, name: 'each', body: isReject ? not(condition) : condition };
}
