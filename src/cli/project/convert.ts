import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ChangedPart, LeftPart } from '../../convert/conversion-report.ts';
import type { OutputFile } from '../../convert/project/convert-file.ts';
import { type Conversion, convertProject } from '../../convert/project/convert-project.ts';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import { makeTemporaryFolder } from '../../core/files/process-folder.ts';
import type { AnyModule } from '../../core/module.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { printResult } from '../output.ts';
import type { ConvertFlags } from './project-commands.ts';
import { findProjectProblems } from './project-problems.ts';

/** `swarm convert PATH [--to DIR]`: reads a project of Ansible and writes one of swarm. Without --to it prints what it would write. */
export async function convertCommand(path: string, options: ConvertFlags): Promise<number> {
  if (!existsSync(path))
    throw new SwarmError('SW1203', `there is no file or folder ${path}`, { hint: 'Name the folder of the Ansible project.' });
  const target = options.to === undefined ? undefined : resolve(options.to);
  if (target !== undefined) assertEmpty(target, options.to ?? '');
  const conversion = convertProject(path, await loadModules());
  const errors = target === undefined ? await checkCopy(conversion, options) : await writeAndCheck(target, conversion, options);
  const { tasks, left, changed } = conversion.report;
  const files = conversion.files.map((file) => file.path);
  printResult(options, { tasks, files, left, changed, errors }, () => describeConversion(conversion, errors, options));
  return 0;
}

async function loadModules(): Promise<ReadonlyMap<string, AnyModule>> {
  const source = moduleSource();
  const modules = await Promise.all(source.names.map(async (name) => [name, await source.load(name)] as const));
  return new Map(modules.flatMap(([name, module]) => (module === undefined ? [] : [[name, module] as const])));
}

function assertEmpty(target: string, written: string): void {
  if (!existsSync(target)) return;
  const isFolder = statSync(target).isDirectory();
  if (isFolder && readdirSync(target).length === 0) return;
  const message = isFolder ? `${written} is not empty` : `${written} is a file`;
  throw new SwarmError('SW1202', message, { hint: 'Name a new or an empty folder: nothing is written over.' });
}

function writeFiles(target: string, files: readonly OutputFile[]): void {
  for (const { path, content } of files) {
    const file = join(target, path);
    if (!`${resolve(file)}/`.startsWith(`${resolve(target)}/`))
      throw new SwarmError('SW1202', `${path} leads out of ${target}`, {
        hint: 'Rename it in the Ansible project. What is written so far can be removed.',
      });
    try {
      makeLocalFolder(dirname(file));
      writeFileSync(file, content, { flag: 'wx' });
    } catch (error) {
      throw fileError(error, file);
    }
  }
}

async function writeAndCheck(target: string, { files, projects }: Conversion, options: ConvertFlags): Promise<number> {
  writeFiles(target, files);
  let errors = 0;
  for (const project of projects) {
    const { problems } = await findProjectProblems([], { ...options, directory: join(target, project) });
    errors += problems.length;
  }
  return errors;
}

/** The number of errors that `swarm check` finds in what would be written. */
async function checkCopy(conversion: Conversion, options: ConvertFlags): Promise<number> {
  const folder = makeTemporaryFolder('swarm-convert');
  try {
    return await writeAndCheck(folder, conversion, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const MAX_SHOWN = 20;

function describeConversion({ files, report, projects }: Conversion, errors: number, { to, verbose }: ConvertFlags): readonly string[] {
  const { tasks, left, changed } = report;
  const isOne = projects.length === 1;
  const shownLeft = verbose > 0 ? left : left.slice(0, MAX_SHOWN);
  const shownChanged = verbose > 0 ? changed : changed.slice(0, MAX_SHOWN);
  const outside = { changed: changed.filter(({ inTask }) => inTask === undefined).length, left: left.length - tasks.left };
  return [
    `${to === undefined ? 'would write' : 'wrote'} ${countOf(files.length, 'file')}${isOne ? '' : ` in ${projects.length} projects: ${projects.join(', ')}`}`,
    ...(verbose > 0 ? files.map(({ path }) => `  ${path}`) : []),
    `tasks: ${tasks.converted} converted, ${tasks.changed} changed in meaning, ${tasks.left} left`,
    ...(outside.changed + outside.left > 0
      ? [`outside tasks, in files and templates: ${outside.changed} changed in meaning, ${outside.left} left`]
      : []),
    ...section('changed in meaning:', shownChanged, changed.length),
    ...section('left:', shownLeft, left.length),
    ...(shownLeft.length + shownChanged.length > 0 ? [''] : []),
    `swarm check finds ${countOf(errors, 'error')} in the result`,
    to === undefined ? 'To write it, add: --to DIR' : `next: swarm -C ${quoteWord(isOne ? to : join(to, projects[0] ?? ''))} check`,
  ];
}

function section(title: string, parts: readonly (LeftPart | ChangedPart)[], count: number): readonly string[] {
  if (parts.length === 0) return [];
  const more = count > parts.length ? [`  and ${count - parts.length} more; to see all, add: -v`] : [];
  return ['', title, ...parts.map(({ file, line, reason }) => `  ${file}:${line}: ${reason}`), ...more];
}

const countOf = (count: number, what: string): string => (count === 1 ? `1 ${what}` : `${count} ${what}s`);
