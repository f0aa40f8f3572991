#!/usr/bin/env node
// The program `swarm`. A fresh clone has nothing compiled yet: then this makes it ready first, so that `npx swarm` always finds a program.
import { existsSync } from 'node:fs';

const program = new URL('../dist/src/bin.js', import.meta.url);
if (!existsSync(program)) await import('./ready.mjs');
await import(program.href);
