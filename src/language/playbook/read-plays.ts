import { dirname, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import type { Expr } from '../../core/playbook/step-model.ts';
import { hasBuiltInPrefix, toModuleName } from './files/module-name.ts';
import { asList, isRecord, type UnknownRecord } from './files/raw-step.ts';
import { readPlay } from './read-play.ts';
import { checkMapping } from './reader/check-mapping.ts';
import { checkTemplates } from './reader/check-templates.ts';
import type { PlaybookReader } from './reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames } from './reader/read-context.ts';
import { readDeclaredArgs } from './request/declared-args.ts';
import { importPlaybookSchema } from './shapes/include-schema.ts';
import type { StepKeywordsEntry } from './shapes/keyword-shapes.ts';
import { playbookFileSchema } from './shapes/playbook-schema.ts';
import { readStepKeywords } from './steps/step-keywords.ts';
import { missingPath, relativeTo } from './steps/task-file.ts';
import { selectKeywordHints } from './steps/task-module.ts';
import { listKeys, readVarsOfFiles } from './vars-files.ts';

/** What the `import_playbook` around a play gives to it. `count` is shared: it numbers the plays of all files. */
interface Surroundings {
  readonly count: { value: number };
  /** Weaker than the variables of the play, and stronger. */
  readonly fileVars: Vars;
  readonly vars: Vars;
  readonly tags: readonly string[];
  readonly when: readonly Expr[];
}

/** The plays of a playbook file. */
export const readPlays = (reader: PlaybookReader, context: ReadContext, entries: readonly unknown[]): readonly Play[] =>
  readList(reader, context, entries, { count: { value: 0 }, fileVars: {}, vars: {}, tags: [], when: [] });

function readList(reader: PlaybookReader, context: ReadContext, entries: readonly unknown[], around: Surroundings): readonly Play[] {
  return entries.flatMap((entry, i) => {
    const place = childContext(context, i);
    const key = isRecord(entry) ? Object.keys(entry).find((each) => toModuleName(each) === 'import_playbook') : undefined;
    if (key !== undefined && isRecord(entry)) return readImport(reader, place, entry, key, around);
    const play = readPlay(reader, place, entry, around.count.value++);
    if (play === undefined) return [];
    const { fileVars, vars, tags, when } = around;
    return { ...play, vars: { ...fileVars, ...play.vars, ...vars }, tags: [...tags, ...play.tags], when: [...when, ...play.when] };
  });
}

function readImport(
  reader: PlaybookReader,
  context: ReadContext,
  value: UnknownRecord,
  key: string,
  around: Surroundings,
): readonly Play[] {
  if (hasBuiltInPrefix(key)) reader.remarks.push({ kind: 'prefix', at: context.source.keySpan([...context.path, key]) });
  const { [key]: name, ...rest } = value;
  const entry = checkMapping(reader, context, importPlaybookSchema, { ...rest, import_playbook: name }, selectKeywordHints(rest));
  if (entry === undefined) return [];
  const { common, inner } = readStepKeywords(reader, context, entry as StepKeywordsEntry);
  const written = entry.import_playbook;
  const file = resolve(dirname(context.file), written);
  const at = context.source.valueSpan([...context.path, key]);
  const fail = (message: string, hint: string): readonly Play[] => {
    reader.problems.push(new SwarmError('SW1116', message, { at, hint }));
    return [];
  };
  if (written.includes('{{'))
    return fail('import_playbook reads its file before the run, so its name takes no template', 'Write the name of the file.');
  if (context.chain.includes(file)) {
    const circle = [...context.chain.slice(context.chain.indexOf(file)), file].map((each) => `\`${relativeTo(context, each)}\``);
    return fail(circle.join(' imports '), 'Remove one of the imports.');
  }
  const source = reader.sources.files.get(file);
  if (source === undefined)
    return fail(`there is no file ${written}`, `Correct the path, or make the file ${missingPath(context, written)}.`);
  if (source.value === undefined) return []; // its own problems are already reported
  const isList = Array.isArray(source.value);
  if (!isList && !isRecord(source.value)) return fail(`${written} is not a playbook`, 'Write a list of plays in it.');
  const raw: UnknownRecord = isRecord(source.value) ? source.value : { plays: source.value };
  const top: ReadContext = { ...inner, source, file, path: [], top: file, chain: [...context.chain, file] };
  const checked = checkMapping(reader, top, playbookFileSchema, raw);
  const args = readDeclaredArgs(reader, childContext(top, 'args'), raw['args']);
  const missing = args.find(({ name: arg, required }) => required && !Object.hasOwn(common.vars, arg) && !context.locals.has(arg));
  if (missing !== undefined)
    return fail(
      `${written} needs the argument \`${missing.name}\``,
      `Set it in vars: of the import, or declare it in args: of this playbook.`,
    );
  const defaults = Object.fromEntries(
    args.filter(({ required }) => !required).map(({ name: arg, default: given }) => [arg, given ?? (null as Json)]),
  );
  const fileVars = {
    ...defaults,
    ...((checked?.vars ?? {}) as Vars),
    ...readVarsOfFiles(reader, childContext(top, 'vars_files'), checked?.vars_files),
  };
  const named = withNames(top, [...listKeys(raw['args']), ...Object.keys(fileVars)]);
  checkTemplates(reader, childContext(named, 'vars'), checked?.vars);
  return readList(reader, isList ? named : childContext(named, 'plays'), asList(raw['plays']), {
    count: around.count,
    fileVars: { ...around.fileVars, ...fileVars },
    vars: { ...common.vars, ...around.vars },
    tags: [...around.tags, ...common.tags],
    when: [...around.when, ...common.when],
  });
}
