// Makes a clone ready: installs the dependencies and compiles, each only when something is newer than the last time.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const time = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const newest = (dir) =>
  Math.max(
    ...readdirSync(dir, { withFileTypes: true, recursive: true }).map((entry) => time(join(entry.parentPath ?? entry.path, entry.name))),
  );

function step(what, command, args) {
  process.stderr.write(`${what}\n`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`swarm needs Node 20.19 or newer; this is ${process.versions.node}\n`);
  process.exit(1);
}
if (time(join(root, 'node_modules/.package-lock.json')) < time(join(root, 'package-lock.json'))) {
  // not `npm ci`: it wants the packages of every platform in the lock file, and not every registry has them
  step('installing dependencies', 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}
const sources = Math.max(newest(join(root, 'src')), newest(join(root, 'modules')), time(join(root, 'tsconfig.build.json')));
if (time(join(root, 'dist/.tsbuildinfo')) < sources) {
  step('compiling', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
}
