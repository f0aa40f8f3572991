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
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error; // `swarm modules test | head` is not a failure: the tests go on
  });
}
for (const file of process.argv.slice(2)) await jiti.import(file);
