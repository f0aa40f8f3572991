import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import { renderTemplates } from '../../language/template/template.ts';

/** The number that a keyword has, also by a template. Throws SW6014 for anything else. */
export function renderNumber(value: number | string, variables: () => Vars, at: Span, keyword: string): number {
  const given = typeof value === 'number' ? value : renderTemplates(value, variables(), { at });
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
  throw new SwarmError('SW6014', `${keyword}: must be a number, not ${JSON.stringify(given)}`, { at });
}
