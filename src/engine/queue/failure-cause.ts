import { createHash } from 'node:crypto';
import type { ErrorJson } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';

/** What caused a failure, by its error code. */
export function classifyFailure({ code }: ErrorJson): FailureCause {
  const { cause } = errorKind(code);
  return cause === 'local' ? 'unknown' : cause;
}

const DETAIL_LINES = 5;

/** A hash that equal failures share: code, message and last lines, without numbers, paths, times and the name of the item. */
export function hashFailure({ code, message, detail }: ErrorJson, item = ''): string {
  const lines = [message, ...(detail ?? '').trim().split('\n').slice(-DETAIL_LINES)];
  const text = lines
    .join('\n')
    .replaceAll(item === '' ? '\0' : item, 'I')
    .replace(/[^\s"'(]*\/[^\s"'):,]*/g, 'P')
    .replace(/\b(0x)?[0-9a-f]*\d[0-9a-f]*\b/gi, 'N')
    .replace(/\d+/g, 'N');
  return createHash('sha256').update(`${code}\n${text}`).digest('hex').slice(0, 16);
}
