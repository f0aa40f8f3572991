import { relative } from 'node:path';

/** The path relative to the project, or to the current folder if the file is below that. */
export function displayPath(file: string, dir: string): string {
  return [dir, process.cwd()].map((from) => relative(from, file)).find((path) => path !== '' && !path.startsWith('..')) ?? file;
}
