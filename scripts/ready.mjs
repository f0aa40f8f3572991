// Makes a clone ready: installs the dependencies and builds dist/, each only when something is newer than the last time.
// Node 12.20 and later can read this file, so that a Node that is too old gets a sentence and not a syntax error.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`swarm needs Node 20.19 or newer; this is Node ${process.versions.node}\n`);
  process.exit(1);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const time = (...path) => (existsSync(join(root, ...path)) ? statSync(join(root, ...path)).mtimeMs : 0);
const newest = (dir) => Math.max(...readdirSync(join(root, dir), { recursive: true }).map((name) => time(dir, name)));

function step(what, command, args) {
  process.stderr.write(`${what}\n`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status === null ? 1 : status);
}

if (time('node_modules/.package-lock.json') < time('package-lock.json')) {
  step('installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
const sources = [newest('src'), newest('modules'), time('scripts/bundle.mjs'), time('tsconfig.build.json'), time('package-lock.json')];
if (time('dist/types/src/index.d.ts') < Math.max(...sources)) {
  step('building', process.execPath, [join(root, 'scripts/bundle.mjs')]);
  step('writing types', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
}
