import { statSync } from 'node:fs';
import { SwarmError } from '../error/swarm-error.ts';

/** What a shell makes for `<(command)`: somebody writes into it, and it ends. */
const GIVEN_BY_SHELL = /^\/dev\/(?:fd\/\d+|stdin|null)$|^\/proc\/(?:self|\d+)\/fd\/\d+$/;

/** Throws SW5003 for a named pipe, a device or a socket, which may never end. What is missing or a folder is left to the one that reads it. */
export function assertRegularFile(file: string): void {
  if (GIVEN_BY_SHELL.test(file)) return;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile() || stat.isDirectory()) return;
  const kind = stat.isFIFO() ? 'a named pipe' : stat.isSocket() ? 'a socket' : 'a device';
  throw new SwarmError('SW5003', `${file} is ${kind}, not a file`, { hint: 'Name a file.' });
}
