import { AsyncLocalStorage } from 'node:async_hooks';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { ModuleError } from '../core/error/module-error.ts';
import type { Probe } from '../core/module.ts';
import { moduleFailure } from './module-failure.ts';
import { type ModuleFile, moduleSpanOf } from './module-span.ts';

/** One run of a module of the project on one host. What its code starts, timers and promises too, belongs to it. */
interface ModuleCall {
  readonly of: ModuleFile;
  readonly probe: Probe;
  /** Undefined when the run is over. */
  fail: ((thrown: unknown) => void) | undefined;
}

const calls = new AsyncLocalStorage<ModuleCall>();
const loadedFiles: ModuleFile[] = [];

/** Runs parts of a module, one after the other. An error that its code throws in a timer or a forgotten promise fails the part that runs. */
export function openModuleCall(of: ModuleFile, probe: Probe): { run<T>(work: () => Promise<T>): Promise<T>; close(): void } {
  const call: ModuleCall = { of, probe, fail: undefined };
  const late = new Promise<never>((_, reject) => {
    call.fail = reject;
  });
  late.catch(() => undefined); // it may never be waited for
  return {
    run: (work) => calls.run(call, () => Promise.race([late, work()])),
    close() {
      call.fail = undefined;
    },
  };
}

/** Takes an error that nothing caught, where it is a module's: the module's run fails with it. Where no run of the module goes on, the
 *  answer is the error to end with. Undefined for an error that no module caused. */
export function takeLateError(thrown: unknown): 'taken' | ModuleError | undefined {
  const call = calls.getStore();
  const owner = [...(call === undefined ? [] : [call.of]), ...loadedFiles].find((of) => moduleSpanOf(of, thrown) !== undefined);
  const of = owner ?? (thrown instanceof Error ? undefined : call?.of);
  if (of === undefined) return undefined;
  const failure = moduleFailure(of, thrown, 'Wait for every promise and timer that the module starts: write await.');
  if (call?.fail === undefined) return failure;
  call.fail(failure);
  return 'taken';
}

/** Before the code of a module is loaded: what it writes to the console becomes output of its task, or goes to standard error.
 *  Standard output is for the result of the command. */
export function prepareForModule(of: ModuleFile): void {
  if (!loadedFiles.some(({ file }) => file === of.file)) loadedFiles.push(of);
  if (console !== moduleConsole) globalThis.console = moduleConsole;
}

const consoleStream = (stream: 'stdout' | 'stderr'): Writable =>
  new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _, done) {
      const call = calls.getStore();
      if (call?.fail === undefined) process.stderr.write(chunk);
      else call.probe.emit({ type: 'task.output', stream, lines: String(chunk).replace(/\n$/, '').split('\n') });
      done();
    },
  });

const moduleConsole = new Console({ stdout: consoleStream('stdout'), stderr: consoleStream('stderr') });
