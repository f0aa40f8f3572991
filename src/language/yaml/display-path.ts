import { relative } from 'node:path';

/** A file as messages name it: relative to the project, or else to the current folder, if it is below that. */
export function displayPath(file: string, dir: string): string {
  return [dir, process.cwd()].map((from) => relative(from, file)).find((path) => path !== '' && !path.startsWith('..')) ?? file;
}
