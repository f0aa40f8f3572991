import type { Json } from '../../core/json-value.ts';

/** The body of an HTTP request as text, and its content type. Without a format a text is sent as it is, and data as JSON. */
export function formatHttpBody(
  body: Json | undefined,
  format: 'json' | 'raw' | 'form-urlencoded' | undefined,
): { readonly text?: string; readonly type?: string } {
  if (body === undefined) return {};
  if (format === 'form-urlencoded' && typeof body === 'object' && body !== null)
    return { text: new URLSearchParams(formEntries(body)).toString(), type: 'application/x-www-form-urlencoded' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const isJson = format === 'json' || (format === undefined && typeof body !== 'string');
  return isJson ? { text, type: 'application/json' } : { text };
}

/** A list is a field for each entry. */
const formEntries = (body: object): [string, string][] =>
  Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, typeof each === 'string' ? each : JSON.stringify(each)]),
  );
