// Checks the shell and Python programs that swarm sends to hosts: shellcheck for .sh, Python's compiler for .py.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const files = ['src', 'modules'].flatMap((dir) => readdirSync(join(root, dir), { recursive: true }).map((name) => join(dir, name)));
const checks = [
  { ending: '.sh', command: ['shellcheck', '--shell=sh'] },
  { ending: '.py', command: ['python3', '-c', 'import sys; [compile(open(name).read(), name, "exec") for name in sys.argv[1:]]'] },
];

for (const { ending, command } of checks) {
  const programs = files.filter((name) => name.endsWith(ending));
  if (programs.length === 0) continue;
  const { status, error } = spawnSync(command[0], [...command.slice(1), ...programs], { cwd: root, stdio: 'inherit' });
  if (error === undefined && status === 0) continue;
  if (error?.code === 'ENOENT' && process.env.CI === undefined) {
    console.error(`${command[0]} is not installed: ${programs.length} ${ending} files were not checked`);
    continue;
  }
  console.error(error === undefined ? `${command[0]} found problems` : `${command[0]} cannot be run: ${error.message}`);
  process.exitCode = 1;
}
