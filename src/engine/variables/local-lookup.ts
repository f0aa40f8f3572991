import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json, Vars } from '../../core/json-value.ts';
import { MIN_SECRET_LENGTH, registerSecret } from '../../core/mask.ts';
import type { RunPaths } from '../../core/module.ts';
import { sourceFolders } from '../../core/playbook/source-folders.ts';
import type { Role } from '../../core/playbook/step-model.ts';
import { homeFolder } from '../../core/program/account.ts';
import { runProgram } from '../../core/program/run-program.ts';
import { describeSpawnFailure } from '../../core/program/spawn-failure.ts';
import { FunctionFault, type Lookup } from '../../language/functions/language-function.ts';
import { renderTemplateText } from '../../language/template/template.ts';
import { listMatchingFiles } from './matching-files.ts';

const MAX_BYTES = 1024 * 1024;
/** A lookup waits in the middle of an expression, and the run waits with it. */
const TIME_LIMIT_MS = 10_000;

const lookups = new WeakMap<RunPaths, Map<string, Lookup>>();

/** What `lookup` reads in a run, in a role also its files. Each thing is read once, so it is the same on all hosts. */
export function lookupFor(paths: RunPaths, role?: Role): Lookup {
  const ofRun = lookups.get(paths) ?? new Map<string, Lookup>();
  lookups.set(paths, ofRun);
  const key = role?.path ?? '';
  const made = ofRun.get(key) ?? rememberLookup(pathsOfRole(paths, role));
  ofRun.set(key, made);
  return made;
}

const pathsOfRole = (paths: RunPaths, role: Role | undefined): RunPaths => ({
  ...paths,
  files: sourceFolders('files', role, paths.files),
  templates: sourceFolders('templates', role, paths.templates),
});

function rememberLookup(paths: RunPaths): Lookup {
  const known = new Map<string, Json>();
  const open: string[] = []; // the templates that are filled in for each other
  return (kind, words, scope) => {
    if (kind === 'template') return fillInTemplate(words, paths.templates, scope ?? {}, open);
    const key = JSON.stringify([kind, ...words]);
    const text = known.get(key) ?? readLocal(paths, kind, words);
    known.set(key, text);
    return text;
  };
}

function readLocal(paths: RunPaths, kind: string, words: readonly string[]): Json {
  const [first, ...rest] = words;
  if (words.some((word) => word.includes('\0'))) throw new FunctionFault('takes no text with a NUL in it');
  if (first === undefined || first === '') throw new FunctionFault(`takes a name after ${kind}`);
  if (kind === 'fileglob') return words.flatMap((pattern) => listMatchingFiles(expandHome(pattern), paths.files));
  if (kind === 'cmd') return readProgram([first, ...rest], paths.project).replace(/\s+$/, '');
  if (rest.length > 0) throw new FunctionFault(`takes one name after ${kind}`);
  if (kind === 'env') return readEnvironment(first);
  return kind === 'file' ? findLocalFile(first, paths.files) : readPasswordStore(first, paths.project);
}

function readEnvironment(name: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new FunctionFault(`found no variable ${name} in the environment`, `Run: export ${name}=VALUE`);
}

/** The text of a template for the variables of one task, so it is not remembered. */
function fillInTemplate([name, more]: readonly string[], folders: readonly string[], scope: Vars, open: string[]): string {
  if (name === undefined || name === '' || more !== undefined) throw new FunctionFault('takes one name after template');
  const file = findLocalPath(name, folders);
  if (open.includes(file)) throw new FunctionFault(`fills in ${file}, which is being filled in already`, 'Remove one of the lookups.');
  open.push(file);
  try {
    return renderTemplateText(readFileSync(file, 'utf8'), scope, file);
  } finally {
    open.pop();
  }
}

function findLocalFile(name: string, folders: readonly string[]): string {
  return readFileSync(findLocalPath(name, folders), 'utf8').replace(/\s+$/, '');
}

function findLocalPath(name: string, folders: readonly string[]): string {
  const path = expandHome(name);
  const candidates = folders.map((folder) => resolve(folder, path));
  const file = candidates.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
  if (file === undefined) throw new FunctionFault(`found no file ${[...new Set(candidates)].join(' and no file ')}`);
  if (statSync(file).size > MAX_BYTES) throw new FunctionFault(`takes a file of at most 1 MiB, and ${file} is larger`);
  return file;
}

const expandHome = (name: string): string => name.replace(/^~(?=\/)/, homeFolder());

/** The first line of an entry, which is its password. It is hidden in all output from then on. */
function readPasswordStore(name: string, project: string): string {
  if (name.startsWith('-')) throw new FunctionFault(`takes the name of an entry, not ${name}`);
  const value = readProgram(['pass', 'show', name], project).split('\n')[0] ?? '';
  if (!registerSecret(value))
    throw new FunctionFault(
      `found fewer than ${MIN_SECRET_LENGTH} characters in ${name}, which cannot be hidden`,
      'Use a longer password.',
    );
  return value;
}

function readProgram(argv: readonly [string, ...string[]], cwd: string): string {
  const limits = { timeMs: TIME_LIMIT_MS, bytes: MAX_BYTES };
  const result = runProgram(argv, cwd, limits);
  if (result.status === 0) return result.stdout;
  const why = describeSpawnFailure(result, limits);
  throw new FunctionFault(`ran ${argv[0]} on this machine, which ${why}`);
}
