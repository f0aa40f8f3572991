import { createJiti } from 'jiti';
import * as publicApi from '../../index.ts';
import * as testing from '../../testing.ts';

// A program of its own, started by `swarm modules test` with the paths of test files: they are TypeScript, and node:test runs and
// prints what they declare. `build-swarm` in them is the swarm that started this.
const jiti = createJiti(import.meta.url, {
  virtualModules: { 'build-swarm': publicApi, 'build-swarm/testing': testing },
  fsCache: false,
  moduleCache: false,
});
for (const file of process.argv.slice(2)) await jiti.import(file);
