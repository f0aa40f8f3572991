#!/usr/bin/env node
// The program `swarm`. Node 12.20 and later can read this file, so that a Node that is too old gets a sentence and not a syntax error.
const root = new URL('../', import.meta.url);

/** Starts the bundled program. A fresh clone has none yet: then it is made first, so that `npx swarm` always finds one. */
async function start() {
  const { existsSync, readFileSync, writeSync } = await import('node:fs');
  if (process.argv[2] === '--version' && process.argv.length === 3) {
    try {
      writeSync(1, `${JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version}\n`);
      return;
    } catch {
      // the program says what is wrong with the output
    }
  }
  const program = new URL('dist/src/bin.js', root);
  if (!existsSync(program)) await import('./ready.mjs');
  await import(program.href);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`swarm needs Node 20.19 or newer; this is Node ${process.versions.node}\n`);
  process.exitCode = 1;
} else void start();
