import { createHash } from 'node:crypto';
import type { ErrorJson } from '../../core/error.ts';
import type { FailureCause } from '../../core/event.ts';

const CAUSE_BY_CODE: Readonly<Record<string, FailureCause>> = {
  SW3003: 'service', // a lock that another run holds
  SW4007: 'package', // RESTRICT=bindist
  SW6003: 'package',
  SW6004: 'plan',
  SW6005: 'plan',
  SW6006: 'plan',
  SW6007: 'plan',
  SW6008: 'host',
  SW6009: 'service',
  SW6011: 'host',
};

/** Who a failure speaks against, by its kind and never by counting. */
export function classifyFailure({ code }: ErrorJson): FailureCause {
  const known = CAUSE_BY_CODE[code];
  if (known !== undefined) return known;
  if (code.startsWith('SW2') || code.startsWith('SW4')) return 'link';
  if (code.startsWith('SW3')) return 'host'; // it did not prove itself, or may not be touched
  return 'unknown';
}

const DETAIL_LINES = 5;

/** Failures alike have one signature: code and last lines, without numbers, paths, times and the item's own name. */
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
