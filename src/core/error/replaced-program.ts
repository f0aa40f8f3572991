import { sep } from 'node:path';
import { codeRoot } from '../program/package-root.ts';
import { SwarmError } from './swarm-error.ts';

const root = codeRoot() + sep;

/** SW5022 where a file of swarm itself is gone: swarm loads most of its code when it needs it. Undefined for any other error. */
export function replacedProgramError(error: NodeJS.ErrnoException): SwarmError | undefined {
  const file =
    error.code === 'ERR_MODULE_NOT_FOUND'
      ? /^Cannot find module '(.+?)'/.exec(error.message)?.[1]
      : error.code === 'ENOENT'
        ? error.path
        : undefined;
  if (file?.startsWith(root) !== true) return undefined;
  return new SwarmError('SW5022', `swarm was replaced or removed while it ran: ${file} is gone`, {
    hint: 'Run the same command again. A run goes on with: swarm runs resume last',
    cause: error,
  });
}
