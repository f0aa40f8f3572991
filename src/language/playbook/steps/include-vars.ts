import { basename, dirname } from 'node:path';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../../core/json-value.ts';
import type { KeywordModule } from '../../../core/playbook/step-model.ts';
import { findSecretSource } from '../../schema/secret-source.ts';
import { varsSchema } from '../../schema/vars-schema.ts';
import { findVarsFiles } from '../files/collect-files.ts';
import { filterByShape } from '../files/file-shape.ts';
import { chooseCandidate, varsFolders, withKnownFolders } from '../files/find-files.ts';
import { toFileName } from '../files/raw-step.ts';
import { noteHiddenName, noteHiddenNames } from '../playbook-warnings.ts';
import { checkMapping } from '../reader/check-mapping.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import type { ReadContext } from '../reader/read-context.ts';
import { includeVarsModule } from './keyword-modules.ts';
import { addRegistered } from './registered.ts';

/** `include_vars` of one task: its files are read before the run, and their names are known. SW1116 where there is none. */
export function readIncludeVars(reader: PlaybookReader, context: ReadContext, args: Vars): KeywordModule {
  const { file, dir, name } = args;
  const files = filterByShape(
    findVarsFiles(context, args),
    withKnownFolders(context, toFileName(args) ?? ''),
    'vars',
    reader.sources.files,
  );
  const problem = (message: string, hint: string): void =>
    void reader.problems.push(new SwarmError('SW1116', message, { at: context.source.valueSpan(context.path), hint }));
  if (files.length === 0 && (file ?? dir) !== undefined)
    problem(`there is no file for ${String(file ?? dir)}`, 'Make it in vars/ of the role, or beside the playbook.');
  const known = new Map<string, Vars>();
  for (const path of files) {
    const source = reader.sources.files.get(path);
    if (source?.value === undefined) continue;
    const vars = (checkMapping(reader, { ...context, source, file: path, path: [] }, varsSchema, source.value ?? {}) ?? {}) as Vars;
    if (hasSecret(vars))
      problem(`${basename(path)} has a secret, which include_vars does not read`, 'Name the file in vars_files: of the play.');
    known.set(path, vars);
  }
  if (typeof name === 'string') {
    addRegistered(reader, name);
    noteHiddenName(reader, name, () => context.source.valueSpan([...context.path, 'name']));
  } else {
    for (const [path, vars] of known) {
      const source = reader.sources.files.get(path);
      for (const each of Object.keys(vars)) addRegistered(reader, each);
      if (source !== undefined) noteHiddenNames(reader, { ...context, source, path: [] }, Object.keys(vars));
    }
  }
  const folders = varsFolders(context);
  return includeVarsModule((given) => {
    if (typeof given['dir'] === 'string') return Object.assign({}, ...sortedByName(known).map(([, vars]) => vars)) as Vars;
    const path = chooseCandidate(files, folders, String(given['file']));
    return path === undefined ? undefined : known.get(path);
  });
}

const sortedByName = (files: ReadonlyMap<string, Vars>): readonly (readonly [string, Vars])[] =>
  [...files].sort(([a], [b]) => (dirname(a) + basename(a) < dirname(b) + basename(b) ? -1 : 1));

const hasSecret = (value: Json): boolean =>
  findSecretSource(value) !== undefined || (typeof value === 'object' && value !== null && Object.values(value).some(hasSecret));
