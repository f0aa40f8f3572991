import { AsyncLocalStorage } from 'node:async_hooks';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { ModuleError } from '../core/error/module-error.ts';
import type { Probe } from '../core/module.ts';
import { createCallWatch, type WatchedCall } from '../core/module-checks/watched-calls.ts';
import { moduleFailure } from './module-failure.ts';
import { type ModuleFile, moduleSpanOf } from './module-span.ts';

/** Code of a module at work. What it starts, timers and promises too, belongs to it. */
interface ModuleCall {
  readonly of: ModuleFile;
  /** Undefined while the file is loaded or its arguments are checked. */
  readonly probe: Probe | undefined;
  /** Undefined when the run is over. */
  fail: ((thrown: unknown) => void) | undefined;
}

/** One run of a module of the project on one host. */
interface ModuleRun {
  /** Runs a part of it. An error that its code throws in a timer or a forgotten promise fails the part that runs. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** The probe or the remote as the module gets it. */
  watch<T extends object>(api: T, name: string): T;
  /** After the last part: waits for calls that go on. Throws where the module does not await one. */
  finish(): Promise<void>;
  close(): void;
}

const calls = new AsyncLocalStorage<ModuleCall | undefined>();
const loadedFiles: ModuleFile[] = [];
/** Of an error that a call of the probe or the remote ended with: where the module made the call. */
const failedCalls = new WeakMap<object, { readonly call: ModuleCall; readonly watched: WatchedCall }>();

/** Opens a run. Calls of the probe and the remote are swarm's own work: what they write is not output of the module. */
export function openModuleCall(of: ModuleFile, probe: Probe): ModuleRun {
  const call: ModuleCall = { of, probe, fail: undefined };
  const late = new Promise<never>((_, reject) => {
    call.fail = reject;
  });
  late.catch(() => undefined); // it may never be waited for
  const run = <T>(work: () => Promise<T>): Promise<T> => calls.run(call, () => Promise.race([late, work()]));
  const { watch, findUnawaited, waitForOpenCalls } = createCallWatch(
    (work) => calls.run(undefined, work),
    (error, watched) => void (typeof error === 'object' && error !== null && failedCalls.set(error, { call, watched })),
  );
  const assertAllAwaited = (): void => {
    const forgotten = findUnawaited();
    if (forgotten !== undefined) throw forgottenAwait(of, forgotten);
  };
  return {
    run,
    watch,
    async finish() {
      assertAllAwaited();
      await run(waitForOpenCalls); // a helper of the module may go on with them
      assertAllAwaited();
    },
    close() {
      call.fail = undefined;
    },
  };
}

/** Runs code of a module that belongs to no host: its file, or the check of its arguments. */
export const runModuleCode = <T>(of: ModuleFile, work: () => T): T => calls.run({ of, probe: undefined, fail: undefined }, work);

function forgottenAwait(of: ModuleFile, { name, at }: WatchedCall, cause?: unknown): ModuleError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new ModuleError('SW6015', `module ${of.name} does not wait for ${name}${reason}`, {
    at: moduleSpanOf(of, at),
    hint: `Write: await ${name}(…)`,
    cause,
  });
}

/** Takes an error that nothing caught, where it is a module's: the module's run fails with it. Where no run of the module goes on, the
 *  answer is the error to end with. Undefined for an error that no module caused. */
export function takeLateError(thrown: unknown): 'taken' | ModuleError | undefined {
  const failed = typeof thrown === 'object' && thrown !== null ? failedCalls.get(thrown) : undefined;
  const call = failed?.call ?? calls.getStore();
  const owner = [...(call === undefined ? [] : [call.of]), ...loadedFiles].find((of) => moduleSpanOf(of, thrown) !== undefined);
  const of = owner ?? (thrown instanceof Error && failed === undefined ? undefined : call?.of);
  if (of === undefined) return undefined;
  const failure =
    owner === undefined && failed !== undefined
      ? forgottenAwait(of, failed.watched, thrown)
      : moduleFailure(of, thrown, 'Wait for every promise and timer that the module starts: write await.');
  if (call?.fail === undefined) return failure;
  call.fail(failure);
  return 'taken';
}

/** Before the code of a module is loaded: what it writes to the console or to standard output becomes output of its task, or goes to
 *  standard error. Standard output is for the result of the command. */
export function prepareForModule(of: ModuleFile): void {
  if (!loadedFiles.some(({ file }) => file === of.file)) loadedFiles.push(of);
  if (console === moduleConsole) return;
  globalThis.console = moduleConsole;
  const write = process.stdout.write.bind(process.stdout) as (...given: unknown[]) => boolean;
  const writeOutput = moduleOutput.write.bind(moduleOutput) as typeof write;
  process.stdout.write = ((...given: unknown[]) => (calls.getStore() === undefined ? write : writeOutput)(...given)) as typeof write;
}

const outputStream = (stream: 'stdout' | 'stderr'): Writable =>
  new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _, done) {
      const call = calls.getStore();
      if (call?.fail === undefined) process.stderr.write(chunk);
      else
        calls.run(undefined, () => call.probe?.emit({ type: 'task.output', stream, lines: String(chunk).replace(/\n$/, '').split('\n') }));
      done();
    },
  });

const moduleOutput = outputStream('stdout');
const moduleConsole = new Console({ stdout: moduleOutput, stderr: outputStream('stderr') });
