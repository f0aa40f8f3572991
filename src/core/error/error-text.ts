import { formatSourceFrame } from '../span.ts';
import type { ErrorJson } from './swarm-error.ts';

/** The text of an error: what happened, where, the line of the file, how to correct it. */
export function formatError(error: ErrorJson): string {
  const where = error.host === undefined ? '' : `${error.host}: `;
  return [
    `error[${error.code}]: ${where}${error.message}`,
    ...(error.at === undefined ? [] : [formatSourceFrame(error.at)]),
    ...(error.detail === undefined ? [] : [error.detail]),
    ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]),
  ].join('\n');
}
