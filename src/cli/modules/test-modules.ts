import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { codeFile } from '../../core/program/package-root.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { writeEditorTypes } from '../../fleet/project/editor-types.ts';
import { findProjectDir } from '../../fleet/project/project.ts';
import type { GlobalOptions } from '../define-command.ts';

const TEST_ENDING = '.test.ts';

/** `swarm modules test [NAME...]`: runs test/NAME.test.ts with the test runner of Node. Exit 2 when a test fails. */
export async function testModulesCommand(names: readonly string[], options: GlobalOptions): Promise<number> {
  const project = findProjectDir(options);
  const folder = join(project, 'test');
  const known = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(TEST_ENDING))
    .map((file) => file.slice(0, -TEST_ENDING.length))
    .sort();
  if (known.length === 0) {
    throw new SwarmError('SW1202', 'this project has no tests of modules', {
      hint: 'Write a module with a test: swarm modules new my_module',
    });
  }
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownNameError('test', unknown, known);
  writeEditorTypes(project);
  const files = (names.length === 0 ? known : names).map((name) => join(folder, `${name}${TEST_ENDING}`));
  const runner = spawn(process.execPath, ['--test-reporter=spec', codeFile('src/cli/modules/run-tests'), ...files], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [exit] = await once(runner, 'exit');
  return exit === 0 ? 0 : 2;
}
