import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { codeFile } from '../../core/program/package-root.ts';

// A program of its own, started by `swarm modules test` with the paths of test files: they are TypeScript, and node:test runs and
// prints what they declare. `build-swarm` in them is the swarm that started this.
const load = (name: string): Promise<Record<string, unknown>> => import(pathToFileURL(codeFile(name)).href);
const jiti = createJiti(import.meta.url, {
  virtualModules: { 'build-swarm': await load('src/index'), 'build-swarm/testing': await load('src/testing') },
  fsCache: false,
  interopDefault: false,
  moduleCache: false,
});
// `swarm modules test | head`: what reads the output has enough of it
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0);
});
for (const file of process.argv.slice(2)) await jiti.import(file);
