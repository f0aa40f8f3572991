import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../../core/json-value.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import { toModuleName } from '../files/module-name.ts';
import { checkTemplates } from '../reader/check-templates.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ModuleDefaults, type ReadContext } from '../reader/read-context.ts';

/** The context inside a `module_defaults`; inner ones are added to outer ones. SW1111 for a module that does not exist. */
export function readModuleDefaults(
  reader: PlaybookReader,
  context: ReadContext,
  value: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined,
): ReadContext {
  if (value === undefined) return context;
  const all = new Map(context.moduleDefaults);
  for (const [key, args] of Object.entries(value)) {
    const place = childContext(context, 'module_defaults', key);
    const name = toModuleName(key);
    if (!reader.sources.moduleNames.has(name)) reader.problems.push(unknownModule(reader, place, key));
    checkTemplates(reader, place, args, reader.sources.modules.get(name)?.shellArgs);
    const outer = all.get(name);
    const locate = ([first, ...rest]: KeyPath) =>
      first !== undefined && !Object.hasOwn(args, first) && outer !== undefined
        ? outer.locate([first, ...rest])
        : place.source.valueSpan([...place.path, ...(first === undefined ? [] : [first]), ...rest]);
    all.set(name, { args: { ...outer?.args, ...(args as Vars) }, locate });
  }
  return { ...context, moduleDefaults: all };
}

function unknownModule({ sources }: PlaybookReader, { source, path }: ReadContext, key: string): SwarmError {
  const group = key.startsWith('group/');
  const near = group ? undefined : closestName(toModuleName(key), sources.moduleNames);
  const hint = group
    ? 'Write the defaults for each module.'
    : near === undefined
      ? 'To see the modules, run: swarm modules'
      : `Did you mean \`${near}\`?`;
  return new SwarmError('SW1111', `no module is called \`${key}\``, { at: source.keySpan(path), hint });
}

/** The arguments of a task with the defaults of its module, and a document that knows the places of both. */
export function addModuleDefaults(
  args: Json,
  { defaults, source, path }: { readonly defaults: ModuleDefaults | undefined; readonly source: SourceDocument; readonly path: KeyPath },
): { readonly args: Json; readonly source: SourceDocument } {
  if (defaults === undefined || typeof args !== 'object' || args === null || Array.isArray(args)) return { args, source };
  const own = args as Vars;
  const added = Object.entries(defaults.args).filter(([name]) => !Object.hasOwn(own, name));
  if (added.length === 0) return { args, source };
  const names = new Set(added.map(([name]) => name));
  const locate = (wanted: KeyPath, otherwise: (path: KeyPath) => ReturnType<SourceDocument['valueSpan']>) => {
    const inArgs = wanted.slice(path.length);
    return names.has(String(inArgs[0])) ? defaults.locate(inArgs) : otherwise(wanted);
  };
  return {
    args: { ...Object.fromEntries(added), ...own },
    source: {
      ...source,
      valueSpan: (wanted) => locate(wanted, source.valueSpan),
      keySpan: (wanted) => locate(wanted, source.keySpan),
    },
  };
}
