import type { Queue } from '../../core/playbook/playbook-model.ts';
import type { PlaybookReader } from './reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames } from './reader/read-context.ts';
import { readExpression } from './reader/read-expression.ts';
import type { PlayEntry } from './shapes/playbook-schema.ts';

/** The `queue` of a play. */
export function readQueue(reader: PlaybookReader, context: ReadContext, entry: NonNullable<PlayEntry['queue']>): Queue | undefined {
  const inner = withNames(context, ['item']);
  const items = readExpression(reader, childContext(context, 'items'), entry.items);
  const id = readExpression(reader, childContext(inner, 'id'), entry.id);
  const needs = entry.needs === undefined ? undefined : readExpression(reader, childContext(inner, 'needs'), entry.needs);
  const cost = entry.cost === undefined ? undefined : readExpression(reader, childContext(inner, 'cost'), entry.cost);
  const hosts = entry.hosts === undefined ? undefined : readExpression(reader, childContext(inner, 'hosts'), entry.hosts);
  const show = entry.show === undefined ? undefined : readExpression(reader, childContext(inner, 'show'), entry.show);
  const attempts =
    typeof entry.attempts === 'number' ? entry.attempts : readExpression(reader, childContext(context, 'attempts'), entry.attempts);
  if (items === undefined || id === undefined || attempts === undefined) return undefined;
  return {
    ...{ items, id, attempts },
    ...(needs === undefined ? {} : { needs }),
    ...(cost === undefined ? {} : { cost }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(show === undefined ? {} : { show }),
  };
}
