import { readFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SwarmError } from '../core/error.ts';
import type { Json } from '../core/host.ts';
import type { AnyModule, Change, Probe } from '../core/module.ts';
import { ModuleError } from '../core/module-error.ts';
import type { Span } from '../core/span.ts';

/** A module of the project that was found in a file. */
export interface ModuleFile {
  readonly name: string;
  /** Absolute, in the modules/ folder of the project. */
  readonly file: string;
}

/** The module, with every error that its code throws turned into a failure of this module: its file and line, nothing of ours. */
export function projectModule(of: ModuleFile, module: AnyModule): AnyModule {
  return { ...module, args: guardedArgs(of, module.args), run: (probe, args) => guardedRun(of, module, probe, args) };
}

/** The code of a module file threw while it was loaded, or cannot be read: the file is invalid. */
export function loadFailure(of: ModuleFile, thrown: unknown): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const { message, hint, detail } = thrown instanceof ModuleError ? thrown : { message: firstLine(thrown) };
  return new SwarmError('SW1111', `module ${of.name} cannot be loaded: ${message}`, {
    at: spanOf(of, thrown) ?? spanAt(of, 1),
    hint: hint ?? 'Correct the marked line, then run: swarm check',
    detail,
    cause: thrown,
  });
}

/** What a file exports is not a module. */
export function notModule(of: ModuleFile, found: unknown): SwarmError {
  return new SwarmError('SW1111', `module ${of.name} has a wrong form: ${wrongForm(found)}`, {
    at: spanAt(of, lineOf(of, /^\s*export\s+default\b/)),
    hint: 'Write: export default defineModule({ summary, args, returns, example, run })',
  });
}

/** Is it what `defineModule` takes? */
export function isModule(value: unknown): value is AnyModule {
  return wrongForm(value) === undefined;
}

function wrongForm(value: unknown): string | undefined {
  if (value === undefined) return 'it has no default export';
  const { summary, args, example, run } = (typeof value === 'object' && value !== null ? value : {}) as Partial<AnyModule>;
  if (summary === undefined && args === undefined && run === undefined) return 'its default export is not a module';
  if (typeof summary !== 'string') return 'its default export has no summary';
  if (typeof args?.safeParse !== 'function') return 'its args are not a zod schema';
  if (typeof run !== 'function') return 'its run is not a function';
  return typeof example === 'string' ? undefined : 'its default export has no example';
}

async function* guardedRun(of: ModuleFile, module: AnyModule, probe: Probe, args: unknown): AsyncGenerator<Change, Json | undefined, void> {
  const guard = <T>(work: () => Promise<T>): Promise<T> => guarded(of, probe.signal, work);
  const changes = await guard(async () => generatorOf(of, module.run(probe, args)));
  try {
    for (;;) {
      const next = await guard(() => changes.next());
      if (next.done === true) return next.value;
      const change = next.value;
      if (typeof change?.apply !== 'function') throw new ModuleError('SW6015', `module ${of.name} yielded a change without apply()`);
      // the change itself, which may be of a class of the module, with another apply
      yield Object.create(change, {
        apply: { value: (remote: Parameters<Change['apply']>[0]) => guard(async () => change.apply(remote)) },
      });
    }
  } finally {
    await changes.return?.(undefined).catch(() => undefined);
  }
}

function generatorOf(of: ModuleFile, changes: ReturnType<AnyModule['run']>): ReturnType<AnyModule['run']> {
  if (typeof changes?.next === 'function') return changes;
  throw new ModuleError('SW6015', `run of module ${of.name} is not a generator`, {
    at: spanAt(of, lineOf(of, /\brun\b/)),
    hint: 'Write: async *run(probe, args) { … }',
  });
}

/** An error of ours, or the end of the run, passes; any other is a failure of the module. */
async function guarded<T>(of: ModuleFile, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof SwarmError || signal.aborted) throw thrown;
    throw moduleFailure(of, thrown);
  }
}

function moduleFailure(of: ModuleFile, thrown: unknown): ModuleError {
  if (!(thrown instanceof ModuleError))
    return new ModuleError('SW6015', `module ${of.name} failed: ${firstLine(thrown)}`, { at: spanOf(of, thrown), cause: thrown });
  if (thrown.at !== undefined) return thrown;
  const { code, message, hint, detail, result } = thrown;
  return new ModuleError(code, message, { hint, detail, result, at: spanOf(of, thrown), cause: thrown });
}

/** The same schema; what a refinement or a transformation of the module throws is a failure of the module too. */
function guardedArgs(of: ModuleFile, args: AnyModule['args']): AnyModule['args'] {
  const never = new AbortController().signal;
  const safeParse = (value: unknown): unknown => {
    try {
      return args.safeParse(value);
    } catch (thrown) {
      throw moduleFailure(of, thrown);
    }
  };
  const safeParseAsync = (value: unknown): Promise<unknown> => guarded(of, never, () => args.safeParseAsync(value));
  return Object.create(args, { safeParse: { value: safeParse }, safeParseAsync: { value: safeParseAsync } });
}

const firstLine = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown))
    .replace(/^ParseError: /, '')
    .split('\n')[0]
    ?.trim() ?? '';

/** The first line of the project's own code in the stack of an error. */
function spanOf(of: ModuleFile, thrown: unknown): Span | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const own = `${projectOf(of)}${sep}`;
  // a frame, or the position with which a compiler ends its message; only the latter has the column of the source
  for (const [, at, path = '', line, column] of stack.matchAll(/^ +(at .*?)?((?:file:\/\/)?\/[^():]+):(\d+):(\d+)\)?$/gm)) {
    const file = path.startsWith('file://') ? fileURLToPath(path) : path;
    if (file.startsWith(own) && !file.includes(`${sep}node_modules${sep}`))
      return spanAt({ ...of, file }, Number(line), at === undefined ? Number(column) + 1 : 0, projectOf(of));
  }
  return undefined;
}

const projectOf = ({ file }: ModuleFile): string => dirname(dirname(file));

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function lineOf({ file }: ModuleFile, pattern: RegExp): number {
  return (
    Math.max(
      0,
      linesOf(file).findIndex((text) => pattern.test(text)),
    ) + 1
  );
}

/** A line of the file; without a column all of its text is marked. */
function spanAt(of: ModuleFile, line: number, column = 0, project = projectOf(of)): Span {
  const text = (linesOf(of.file)[line - 1] ?? '').trimEnd();
  const indent = text.length - text.trimStart().length;
  const file = relative(project, of.file);
  return column > 0
    ? { file, line, column, length: 1, text }
    : { file, line, column: indent + 1, length: Math.max(1, text.length - indent), text };
}
