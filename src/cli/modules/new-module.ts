import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { writeEditorTypes } from '../../fleet/project/editor-types.ts';
import { findProjectDir } from '../../fleet/project/project.ts';
import { isTaskKeyword } from '../../language/playbook/task-keywords.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { moduleTemplate, moduleTestTemplate } from './module-template.ts';

/** `swarm modules new NAME`: modules/NAME.ts and test/NAME.test.ts in the project. Nothing that exists is changed. */
export async function newModuleCommand(name: string, options: GlobalOptions): Promise<number> {
  const project = findProjectDir(options);
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new SwarmError('SW1202', `"${name}" cannot be the name of a module`, {
      hint: 'Use small letters, digits and _, as in my_module: the name is a word in playbooks.',
    });
  }
  if (isTaskKeyword(name)) {
    throw new SwarmError('SW1202', `"${name}" cannot be the name of a module: it is a keyword of a task`, {
      hint: `Choose another name, such as my_${name}.`,
    });
  }
  const files = { [`modules/${name}.ts`]: moduleTemplate(name), [`test/${name}.test.ts`]: moduleTestTemplate(name) };
  const taken = Object.keys(files).find((file) => existsSync(join(project, file)));
  if (taken !== undefined) throw new SwarmError('SW1202', `${taken} exists already`, { hint: 'Choose another name, or edit this file.' });
  if (moduleSource(project).names.includes(name)) {
    throw new SwarmError('SW1202', `swarm has a module ${name} already`, {
      hint: `Choose another name. To read about it: swarm modules ${name}`,
    });
  }
  for (const [file, text] of Object.entries(files)) writeProjectFile(join(project, file), text);
  writeEditorTypes(project);
  printResult(options, { module: name, status: 'ok', files: Object.keys(files) }, () => [
    ...Object.keys(files).map((file) => `wrote ${file}`),
    `next: swarm modules test ${name}`,
  ]);
  return 0;
}

function writeProjectFile(file: string, text: string): void {
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw fileError(error, file);
  }
}
