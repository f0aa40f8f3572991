import { dirname, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import { varsSchema } from '../schema/vars-schema.ts';
import { findNotConverted } from '../template/find-not-converted.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { noteHiddenNames } from './playbook-warnings.ts';
import { checkMapping } from './reader/check-mapping.ts';
import { toTextList } from './reader/keyword-values.ts';
import type { PlaybookReader } from './reader/playbook-reader.ts';
import type { ReadContext } from './reader/read-context.ts';

/** The keys of a mapping. A name counts as defined even if its value is invalid, so the user gets one error instead of many. */
export const listKeys = (value: unknown): readonly string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

/** The variables of the files that `vars_files` names; later files win. */
export function readVarsOfFiles(reader: PlaybookReader, context: ReadContext, files: string | readonly string[] | undefined): Vars {
  const all = toTextList(files).map((name, i): Vars => {
    const path = typeof files === 'string' ? context.path : [...context.path, i];
    const file = resolve(dirname(context.file), name);
    const source = reader.sources.files.get(file);
    if (source === undefined) {
      const at = context.source.valueSpan(path);
      reader.problems.push(
        new SwarmError('SW1116', `there is no file ${name}`, { at, hint: 'Paths in vars_files start at the folder of the playbook.' }),
      );
      return {};
    }
    return readVarsFile(reader, context, file, source);
  });
  return Object.assign({}, ...all) as Vars;
}

/** The variables of one file, checked; none where the file is empty. */
export function readVarsFile(reader: PlaybookReader, context: ReadContext, file: string, source: SourceDocument): Vars {
  if (source.value === undefined || source.value === null) return {};
  const here: ReadContext = { ...context, source, file, path: [] };
  noteHiddenNames(reader, here, listKeys(source.value));
  const { vars, problems, remarks } = checkedVars.get(source) ?? checkVars(here);
  reader.problems.push(...problems);
  reader.remarks.push(...remarks);
  return vars;
}

/** What is in a file of variables: it is checked once, however many plays and roles read it. */
interface CheckedVars extends Pick<PlaybookReader, 'problems' | 'remarks'> {
  readonly vars: Vars;
}

const checkedVars = new WeakMap<SourceDocument, CheckedVars>();

function checkVars(context: ReadContext): CheckedVars {
  const { source } = context;
  const found = { problems: [...findNotConverted(source)], remarks: [] };
  const checked = { ...found, vars: (checkMapping(found, context, varsSchema, source.value) ?? {}) as Vars };
  checkedVars.set(source, checked);
  return checked;
}
