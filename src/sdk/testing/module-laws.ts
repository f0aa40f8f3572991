import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { AnyModule, Change, Probe, Remote } from '../../core/module.ts';

/** Both sides of a host, as `run` and `Change.apply` get them, and the folder that the module may change. */
export interface LawHost {
  readonly dir: string;
  readonly probe: Probe;
  readonly remote: Remote;
}

/** What a run of a module did. */
export interface ModuleRun {
  readonly changes: readonly Change[];
  /** The returned value, which `register` keeps. */
  readonly result: unknown;
}

/** A promise that every module keeps, and this one does not. */
export class LawError extends Error {
  override readonly name = 'LawError';
}

/** Law 1: an argument that the schema does not have is an error. */
export function assertUnknownArgumentRefused(module: AnyModule, args: unknown): void {
  const given = typeof args === 'object' && args !== null ? args : {};
  if (!module.args.safeParse({ ...given, no_such_argument: 1 }).success) return;
  throw new LawError('The module accepts an argument that it does not have. Write args: z.strictObject({ … }).');
}

/** Law 2: a check changes nothing, apart from the paths that `isIgnored` names. Returns what the module would change. */
export async function assertCheckWritesNothing(
  module: AnyModule,
  args: unknown,
  { dir, probe }: LawHost,
  isIgnored: (path: string) => boolean = () => false,
): Promise<ModuleRun> {
  const before = await listContent(dir);
  const checked = await runModuleOnce(module, args, { probe });
  const touched = listDifferences(before, await listContent(dir)).filter((path) => !isIgnored(path));
  if (touched.length === 0) return checked;
  throw new LawError(
    `The module changed files in a check: ${touched.join(', ')}. In run, only read. Yield a change, and write in its apply(remote): remote.write(path, content) or runOrThrow(remote, argv, subject).`,
  );
}

/** Law 3: a second run changes nothing, except commands (`verb: 'run'`); the first run did what the check announced. */
export async function assertSecondRunChangesNothing(
  module: AnyModule,
  args: unknown,
  host: LawHost,
  checked: ModuleRun,
): Promise<ModuleRun> {
  const first = await runModuleOnce(module, args, host);
  const [announced, done] = [checked, first].map(({ changes }) => changes.map(formatChange).join(', ') || 'nothing');
  if (announced !== done) throw new LawError(`A check announced other changes than the run made: ${announced}; then ${done}.`);
  const again = await runModuleOnce(module, args, host);
  const left = again.changes.filter(({ verb }) => verb !== 'run');
  if (left.length > 0) {
    throw new LawError(`A second run still changes: ${left.map(formatChange).join(', ')}. Yield a change only where the host differs.`);
  }
  return first;
}

/** Law 4: what the module returns is what its `returns` schema describes. */
export function assertResultFitsSchema(module: AnyModule, { result }: ModuleRun): void {
  const parsed = module.returns?.safeParse(result);
  if (parsed === undefined || parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new LawError(
    `The module returned another value than its returns schema describes: ${issue?.path.length ? `${issue.path.join('.')}: ` : ''}${issue?.message}`,
  );
}

/** Runs a module to its end. Without a `remote` it is a check: nothing is applied. */
export async function runModuleOnce(
  module: AnyModule,
  args: unknown,
  { probe, remote }: { readonly probe: Probe; readonly remote?: Remote },
): Promise<ModuleRun> {
  const changes: Change[] = [];
  const run = module.run(probe, parseArgs(module, args));
  for (;;) {
    const step = await run.next();
    if (step.done === true) return { changes, result: step.value };
    changes.push(step.value);
    if (remote !== undefined) await step.value.apply(remote);
  }
}

function parseArgs(module: AnyModule, args: unknown): unknown {
  const parsed = module.args.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new LawError(`The module refuses the args of the test: ${problems.join('; ')}`);
}

const formatChange = ({ verb, subject }: Change): string => `${verb} ${subject}`;

/** Every path below a folder, with what it is: type, mode and content. */
async function listContent(dir: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const mode = (await lstat(path)).mode.toString(8);
      const content = entry.isFile()
        ? createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
        : entry.isSymbolicLink()
          ? await readlink(path)
          : '';
      return [relative(dir, path), `${mode} ${content}`] as const;
    }),
  );
  return new Map(found);
}

function listDifferences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).sort();
}
