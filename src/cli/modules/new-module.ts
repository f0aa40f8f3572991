import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { writeEditorTypes } from '../../fleet/project/editor-types.ts';
import { findProjectDir } from '../../fleet/project/project.ts';
import { isTaskKeyword } from '../../language/playbook/task-keywords.ts';
import { printResult } from '../output.ts';
import { moduleTemplate, moduleTestTemplate } from './module-template.ts';
import type { NewModuleFlags } from './modules-commands.ts';
import { PYTHON_MODULE, programDescription, SHELL_MODULE } from './program-templates.ts';

type Language = NonNullable<NewModuleFlags['language']>;
const ENDINGS: Readonly<Record<string, Language>> = { '.ts': 'typescript', '.py': 'python', '.sh': 'shell' };

/** `swarm modules new NAME`: modules/NAME.ts and test/NAME.test.ts in the project, or a program with its description. Nothing that exists
 *  is changed. */
export async function newModuleCommand(given: string, options: NewModuleFlags): Promise<number> {
  const project = findProjectDir(options);
  const [, ending = ''] = /(\.(?:ts|py|sh))$/.exec(given) ?? [];
  const name = given.slice(0, given.length - ending.length);
  const ofEnding = ENDINGS[ending];
  const language = options.language ?? ofEnding ?? 'typescript';
  if (ofEnding !== undefined && ofEnding !== language)
    throw new SwarmError('SW1202', `a module in ${language} does not end with ${ending}`, { hint: `Write: swarm modules new ${name}` });
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
  const files = moduleFiles(name, language);
  const taken = Object.keys(files).find((file) => existsSync(join(project, file)));
  if (taken !== undefined) throw new SwarmError('SW1202', `${taken} exists already`, { hint: 'Choose another name, or edit this file.' });
  if (moduleSource(project).names.includes(name)) {
    throw new SwarmError('SW1202', `swarm has a module ${name} already`, {
      hint: `Choose another name. To read about it: swarm modules ${name}`,
    });
  }
  writeProjectFiles(project, files);
  writeEditorTypes(project);
  printResult(options, { module: name, status: 'ok', files: Object.keys(files) }, () => [
    ...Object.keys(files).map((file) => `wrote ${file}`),
    language === 'typescript'
      ? `next: swarm modules test ${name}`
      : `next: swarm task localhost ${name} path=/tmp/hello text=hello --check`,
  ]);
  return 0;
}

function moduleFiles(name: string, language: Language): Readonly<Record<string, string>> {
  if (language === 'typescript')
    return { [`modules/${name}.ts`]: moduleTemplate(name), [`test/${name}.test.ts`]: moduleTestTemplate(name) };
  const program = language === 'python' ? { [`modules/${name}.py`]: PYTHON_MODULE } : { [`modules/${name}.sh`]: SHELL_MODULE };
  return { ...program, [`modules/${name}.json`]: programDescription(name) };
}

/** All of them, or none: half a module would be in the way of the next try. */
function writeProjectFiles(project: string, files: Readonly<Record<string, string>>): void {
  const begun: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const file = join(project, name);
    try {
      makeLocalFolder(join(file, '..'));
      const handle = openSync(file, 'wx', text.startsWith('#!') ? 0o777 : 0o666);
      begun.push(file);
      try {
        writeFileSync(handle, text);
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      for (const each of begun) rmSync(each, { force: true });
      throw fileError(error, file);
    }
  }
}
