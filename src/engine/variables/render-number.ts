import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import { parseMilliseconds } from '../../language/schema/parse-units.ts';
import { renderTemplates } from '../../language/template/template.ts';

/** The milliseconds that a keyword has, also by a template of a time. Throws SW6014 for anything else. */
export function renderMilliseconds(value: number | string, variables: Vars, at: Span, keyword: string): number {
  if (typeof value === 'number') return value;
  const given = renderTemplates(value, variables, { at });
  const ms = typeof given === 'string' || typeof given === 'number' ? parseMilliseconds(given) : undefined;
  if (ms !== undefined) return ms;
  throw new SwarmError('SW6014', `${keyword}: must be a time such as 30s, not ${JSON.stringify(given)}`, { at });
}

/** The number that a keyword has, also by a template. Throws SW6014 for anything else. */
export function renderNumber(value: number | string, variables: () => Vars, at: Span, keyword: string): number {
  const given = typeof value === 'number' ? value : renderTemplates(value, variables(), { at });
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
  throw new SwarmError('SW6014', `${keyword}: must be a number, not ${JSON.stringify(given)}`, { at });
}
