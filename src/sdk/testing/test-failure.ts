import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../core/program/package-root.ts';

/** A module or its test that fails: one message, and a stack of the author's own files. */
export class ModuleTestError extends Error {
  override readonly name: string = 'ModuleTestError';
}

/** Gives an error a stack without lines of swarm and of Node, so that the first line is in the module or in its test. `called` is an
 *  error that was made where the test began, for an error whose own stack names no file of the author. */
export function withAuthorStack(thrown: unknown, called: Error): unknown {
  const error = thrown instanceof Error ? thrown : new ModuleTestError(`the module threw a value that is not an Error: ${String(thrown)}`);
  const own = authorFrames(error.stack);
  const frames = own.length > 0 ? own : authorFrames(called.stack);
  Object.defineProperty(error, 'stack', {
    value: [`${error.name}: ${error.message}`, ...frames].join('\n'),
    configurable: true,
    writable: true,
  });
  return error;
}

/** `file:line` of the first frame of the author's files, relative to the current folder. */
export function findAuthorLine(stack: string | undefined): string | undefined {
  const [, path = '', line] = /\(?((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(authorFrames(stack)[0] ?? '') ?? [];
  return path === '' ? undefined : `${relative(process.cwd(), toPath(path))}:${line}`;
}

const FRAME = /^\s+at .*?\(?((?:file:\/\/)?\/[^()]+?):\d+:\d+\)?$/;

function authorFrames(stack = ''): readonly string[] {
  return stack.split('\n').filter((line) => {
    const path = FRAME.exec(line)?.[1];
    return path !== undefined && !line.includes('node:') && !isOurs(toPath(path));
  });
}

const toPath = (path: string): string => (path.startsWith('file://') ? fileURLToPath(path) : path);

/** Code of swarm, of a package, or of Node. */
function isOurs(path: string): boolean {
  const isSwarm = ['src', 'dist', 'modules'].some((folder) => path.startsWith(`${packageRoot()}${sep}${folder}${sep}`));
  return isSwarm || path.includes(`${sep}node_modules${sep}`);
}
