import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether this is the bundled program below dist/. Tests and benches run the TypeScript itself. */
export const COMPILED = !import.meta.filename.endsWith('.ts');

/** The folder of swarm's own package: built-in playbooks, modules and templates are below it, compiled or not. */
export function packageRoot(): string {
  root ??= findRoot();
  return root;
}

let root: string | undefined;

function findRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(join(dir, 'package.json'))) {
    if (dirname(dir) === dir) throw new Error('package.json of swarm not found');
    dir = dirname(dir);
  }
  return dir;
}

/** The folder with src/ and modules/ as they run: the package, or dist/ in it. */
export const codeRoot = (): string => (COMPILED ? join(packageRoot(), 'dist') : packageRoot());

/** A file of code that is started or loaded by its name: `src/index` is dist/src/index.js, or src/index.ts in a test. scripts/bundle.mjs
 *  lists the files that exist in dist/. */
export const codeFile = (name: string): string => join(codeRoot(), `${name}${COMPILED ? '.js' : '.ts'}`);

/** The text of a program that runs on a host, `src/gentoo/plan/plan.py`. Every .sh and .py file below src/ and modules/ is copied to the same
 *  path below dist/ when swarm is built, so that each program is a file beside the code that sends it. */
export function readProgram(path: string): string {
  const text = programs.get(path) ?? readFileSync(join(codeRoot(), path), 'utf8');
  programs.set(path, text);
  return text;
}

/** Read once: every task on every host may send one. */
const programs = new Map<string, string>();
