import { isScalar, type Node, Pair, Scalar, YAMLMap } from 'yaml';
import { reportLeft } from '../conversion-report.ts';
import { NotConvertible } from '../not-convertible.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { convertValues } from '../tasks/values/convert-values.ts';
import { keyOf, lineOf, originalText, setScalar } from '../yaml-nodes.ts';

/** Converts a mapping of variables in its place. One that cannot be converted becomes a template that `swarm check` refuses. */
export function convertVars(map: YAMLMap, context: TaskContext): undefined {
  for (const pair of map.items) {
    const { value } = pair;
    if (isScalar(value) && value.tag?.startsWith('!vault')) {
      pair.value = secretOf(keyOf(pair));
      const name = toEnvironmentName(keyOf(pair));
      context.report.changed.push({
        file: context.file,
        line: lineOf(pair.key, context.lines),
        reason: `${keyOf(pair)} was encrypted with ansible-vault: run with ${name} in the environment, or give it another source. ${secretLineBreak(keyOf(pair))}`,
      });
      continue;
    }
    const original = (value as Node | null)?.clone() as Node | undefined;
    try {
      convertValues(value, context);
    } catch (thrown) {
      if (!(thrown instanceof NotConvertible)) throw thrown;
      const text = original === undefined ? '' : originalText(original, context.source);
      reportLeft(context.report, {
        file: context.file,
        line: lineOf(pair.key, context.lines),
        text: `${keyOf(pair)}: ${text}`,
        reason: thrown.message,
      });
      pair.value = leftValue(text, thrown.message);
    }
  }
}

/** A value that `swarm check` refuses: its helper does not exist. */
function leftValue(original: string, reason: string): Scalar {
  const quote = (text: string): string =>
    `"${text
      .replace(/\s+/g, ' ')
      .replaceAll('"', "'")
      .replace(/\{(?=[{%#])/g, '{ ')
      .replaceAll('}}', '} }')
      .slice(0, 500)}"`;
  const scalar = new Scalar('');
  setScalar(scalar, `{{ not_converted ${quote(original)} ${quote(reason)} }}`);
  return scalar;
}

/** What to do where the text of a vault ended with a line break. Only its password shows whether it did. */
export const secretLineBreak = (name: string): string =>
  `A secret loses its last line break: where the text had one, as a private key has, use it as {{ end_line ${name} }}`;

const toEnvironmentName = (name: string): string => name.toUpperCase().replace(/\W/g, '_');

/** `{ secret: { from: "env:NAME" } }` */
export function secretOf(name: string): YAMLMap {
  const from = new Scalar(`env:${toEnvironmentName(name)}`);
  from.type = Scalar.QUOTE_DOUBLE;
  const inner = new YAMLMap();
  inner.items = [new Pair(new Scalar('from'), from)];
  const outer = new YAMLMap();
  outer.items = [new Pair(new Scalar('secret'), inner)];
  for (const map of [inner, outer]) map.flow = true;
  return outer;
}
