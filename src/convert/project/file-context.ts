import { dirname, join, relative } from 'node:path';
import { isSeq } from 'yaml';
import type { AnyModule } from '../../core/module.ts';
import type { ConversionReport } from '../conversion-report.ts';
import { emptyTranslation } from '../jinja/translation.ts';
import { type AnsibleDocument, readAnsibleYaml } from '../read-ansible-yaml.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { asMap, keyOf } from '../yaml-nodes.ts';
import { roleName } from './file-kinds.ts';
import { findTemplateFor } from './find-template.ts';
import { findMovedPath } from './moved-path.ts';
import type { ParsedFile } from './parsed-file.ts';
import { toTemplateName } from './placed-file.ts';
import type { ProjectNames } from './project-names.ts';

/** What the files of a project have in common. */
export interface ProjectContext {
  readonly report: ConversionReport;
  readonly names: ProjectNames;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly templates: ReadonlySet<string>;
  readonly all: readonly ParsedFile[];
  /** See `Translation`. */
  readonly inventory: string | undefined;
}

/** What the conversion of a file knows of it and of the other files. */
export function createFileContext(parsed: ParsedFile, { report, names, modules, templates, all, inventory }: ProjectContext): TaskContext {
  const candidates = all.filter(({ role }) => role === parsed.role).map(({ file, role = '' }) => toTemplateName(relative(role, file.path)));
  return {
    report,
    modules,
    file: parsed.file.path,
    source: parsed.text ?? '',
    lines: parsed.yaml?.lines ?? EMPTY_LINES,
    translation: { ...emptyTranslation(), ...names, templates, find: findTemplateFor(parsed, all), inventory, keepsBackslashes: true },
    isHandlers: parsed.kind === 'handlers',
    candidates,
    movedPath: (written, as) => findMovedPath(written, as, parsed, all),
    fileVariables: () => listFileVariables(parsed, all),
    roles: new Set(all.flatMap(({ role }) => (role === undefined ? [] : [roleName(role)]))),
    readTasks: (file) => readTasks(file, [parsed], all),
  };
}

/** The variables in `vars/` of the role of a file. */
function listFileVariables({ role }: ParsedFile, all: readonly ParsedFile[]): readonly string[] {
  const files = all.filter((each) => role !== undefined && each.role === role && each.file.path.startsWith(join(role, 'vars/')));
  const names = files.flatMap(({ yaml }) => asMap(yaml?.document.contents)?.items.map(keyOf) ?? []);
  return [...new Set(names)].filter((name) => /^[A-Za-z_]\w*$/.test(name));
}

/** How deep files of handlers may include each other. */
const MAX_INCLUDES = 5;

/** The tasks of a file beside another one, or of the same role, as they stand in the source: the file itself may be converted already. `open`:
 *  the files that include each other, the last one includes this one. */
function readTasks(file: string, open: readonly ParsedFile[], all: readonly ParsedFile[]): ReturnType<TaskContext['readTasks']> {
  const from = open.at(-1);
  const role = from?.role ?? '.';
  const paths = [join(dirname(from?.file.path ?? ''), file), join(role, 'handlers', file), join(role, 'tasks', file), join(role, file)];
  const found = paths.flatMap((path) => all.find((each) => each.file.path === path) ?? [])[0];
  if (found?.yaml === undefined || open.includes(found) || open.length > MAX_INCLUDES) return undefined;
  const { document, lines, text } = readAnsibleYaml(found.text ?? '');
  if (!isSeq(document.contents)) return undefined;
  return {
    list: document.contents,
    place: { file: found.file.path, source: text, lines, readTasks: (inner) => readTasks(inner, [...open, found], all) },
  };
}

const EMPTY_LINES = { linePos: () => ({ line: 1, col: 1 }) } as unknown as AnsibleDocument['lines'];
