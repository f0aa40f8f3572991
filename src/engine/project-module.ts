import { ModuleError } from '../core/error/module-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { Json } from '../core/json-value.ts';
import type { AnyModule, Change, Probe } from '../core/module.ts';
import { checkedProbe, checkedRemote } from '../core/module-checks/checked-host.ts';
import { describeKind, describeWrongForm, MODULE_FORM_HINT } from '../core/module-checks/module-form.ts';
import { openModuleCall, runModuleCode } from './module-call.ts';
import { describeThrown, moduleFailure } from './module-failure.ts';
import { findModuleLine, type ModuleFile, moduleLineSpan, moduleSpanOf } from './module-span.ts';

/** Wraps a module, so that each error of its code becomes a failure of the module, with its file and line. */
export function projectModule(of: ModuleFile, module: AnyModule): AnyModule {
  return { ...module, args: guardedArgs(of, module.args), run: (probe, args) => guardedRun(of, module, probe, args) };
}

/** The error for a module file that cannot be read, or that threw while it was loaded. */
export function loadFailure(of: ModuleFile, thrown: unknown): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const { message, hint, detail } = thrown instanceof ModuleError ? thrown : { message: describeThrown(thrown) };
  return new SwarmError('SW1111', `module ${of.name} cannot be loaded: ${message}`, {
    at: moduleSpanOf(of, thrown) ?? moduleLineSpan(of, 1),
    hint: hint ?? (message === "Cannot find module 'zod'" ? ZOD_HINT : 'Correct the marked line, then run: swarm check'),
    detail,
    cause: thrown,
  });
}

const ZOD_HINT = "Write: import { z } from 'build-swarm'";

/** The error for a file that does not export a module. */
export function notModule(of: ModuleFile, found: unknown): SwarmError {
  return new SwarmError('SW1111', `module ${of.name} has a wrong form: ${describeWrongForm(found)}`, {
    at: moduleLineSpan(of, findModuleLine(of, /^\s*export\s+default\b/)),
    hint: MODULE_FORM_HINT,
  });
}

async function* guardedRun(of: ModuleFile, module: AnyModule, probe: Probe, args: unknown): AsyncGenerator<Change, Json | undefined, void> {
  const call = openModuleCall(of, probe);
  const guard = <T>(work: () => Promise<T>): Promise<T> => guarded(of, probe.signal, () => call.run(work));
  const changes = await guard(async () =>
    generatorOf(of, module.run(call.watch(checkedProbe({ ...probe, takesUnsureChanges: false }), 'probe'), args)),
  );
  try {
    for (;;) {
      const next = await guard(() => changes.next());
      if (next.done === true) {
        await guard(call.finish);
        return next.value;
      }
      const change = checkChange(of, next.value);
      // inherits from the change, because that may be an instance of a class
      yield Object.create(change, {
        apply: {
          value: (remote: Parameters<Change['apply']>[0]) => guard(async () => change.apply(call.watch(checkedRemote(remote), 'remote'))),
        },
      });
    }
  } finally {
    await changes.return?.(undefined).catch(() => undefined);
    call.close();
  }
}

const VERBS = ['create', 'update', 'delete', 'run'];

function checkChange(of: ModuleFile, change: Change): Change {
  const wrong =
    typeof change !== 'object' || change === null
      ? `${describeKind(change)} instead of a change`
      : typeof change.apply !== 'function'
        ? 'a change without apply()'
        : !VERBS.includes(change.verb)
          ? `a change with the verb ${JSON.stringify(change.verb)}`
          : typeof change.subject !== 'string'
            ? 'a change without a subject'
            : undefined;
  if (wrong === undefined) return change;
  throw new ModuleError('SW6015', `module ${of.name} yielded ${wrong}`, {
    at: moduleLineSpan(of, findModuleLine(of, /\byield\b/)),
    hint: `Write: yield { verb, subject, apply: (remote) => … }. The verb is one of: ${VERBS.join(', ')}.`,
  });
}

function generatorOf(of: ModuleFile, changes: ReturnType<AnyModule['run']>): ReturnType<AnyModule['run']> {
  if (typeof changes?.next === 'function') return changes;
  throw new ModuleError('SW6015', `run of module ${of.name} is not a generator`, {
    at: moduleLineSpan(of, findModuleLine(of, /\brun\b/)),
    hint: 'Write: async *run(probe, args) { … }',
  });
}

/** Passes errors of swarm and the end of the run. Any other error is a failure of the module. */
async function guarded<T>(of: ModuleFile, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof SwarmError || signal.aborted) throw thrown;
    throw moduleFailure(of, thrown);
  }
}

/** Wraps the schema of the arguments, because a refinement in it can throw too. */
function guardedArgs(of: ModuleFile, args: AnyModule['args']): AnyModule['args'] {
  const never = new AbortController().signal;
  const safeParse = (value: unknown): unknown => {
    try {
      return runModuleCode(of, () => args.safeParse(value));
    } catch (thrown) {
      throw moduleFailure(of, thrown);
    }
  };
  const safeParseAsync = (value: unknown): Promise<unknown> =>
    guarded(of, never, () => runModuleCode(of, () => args.safeParseAsync(value)));
  return Object.create(args, { safeParse: { value: safeParse }, safeParseAsync: { value: safeParseAsync } });
}
