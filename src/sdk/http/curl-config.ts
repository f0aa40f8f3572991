import { z } from 'zod';

/** An option of curl without its dashes, and its value; an empty text: it has none. */
export type CurlOption = readonly [name: string, value: string];

/** The headers of a request, as an argument of a module. */
export const headersArg = z
  .record(z.string().regex(/^[\w-]+$/, 'must be the name of a header'), z.string().regex(/^[^\r\n]*$/, 'must be one line'))
  .default({})
  .describe('Headers of the request');

/** The name of a user for HTTP, which ends at its first colon. */
export const httpUserArg = z
  .string()
  .regex(/^[^:\r\n]+$/, 'must be one line without a colon')
  .optional()
  .describe('User for basic authentication');

/** What a request is sent with. */
export interface CurlRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly validateCerts: boolean;
}

/** The options for a request. */
export const curlRequestOptions = ({ url, headers, user, password, validateCerts }: CurlRequest): readonly CurlOption[] => [
  ['url', url],
  ...(user === undefined ? [] : [['user', `${user}:${password ?? ''}`] as const]),
  ...(validateCerts ? [] : [['insecure', ''] as const]),
  ...Object.entries(headers).map(([name, value]) => ['header', `${name}: ${value}`] as const),
];

const WITH_EMPTY_VALUE = new Set(['data-raw', 'data-binary']);

/** What curl reads on its standard input with `-K -`, so that no secret is on a command line. */
export const formatCurlConfig = (options: readonly CurlOption[]): string =>
  options
    .map(([name, value]) => (value === '' && !WITH_EMPTY_VALUE.has(name) ? `${name}\n` : `${name} = "${quoteValue(value)}"\n`))
    .join('');

const quoteValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
