import type { ErrorJson } from '../../core/error.ts';
import type { Json } from '../../core/host.ts';
import type { Reporter } from '../../core/reporter.ts';
import { exitOfRun, type HostState, type ItemState, type RunState } from '../../core/run-state.ts';
import { named } from '../events/failure-text.ts';

type Document = { readonly [key: string]: Json };

/** The one document of `-o json`. */
export function result(state: RunState): Document {
  return {
    run: state.run,
    playbook: state.playbook,
    status: state.status,
    exit: state.exit ?? exitOfRun(state),
    hosts: Object.fromEntries(Object.entries(state.hosts).map(([name, host]) => [name, hostOf(host)])),
    items: Object.values(state.items).map(itemOf),
    published: state.published.map(({ cpv, path, size, sha256, host }) => ({ cpv, path, size, sha256, host })),
    errors: state.errors.map((error) => errorOf(named(error, state.run))),
  };
}

function hostOf({ tally, route }: HostState): Document {
  const { ok, changed, skipped, failed, unreachable, refused } = tally;
  return { ok, changed, skipped, failed, unreachable, refused, route: route ?? null };
}

function itemOf({ id, status, host, attempts, seconds }: ItemState): Document {
  return { id, status, host: host ?? null, attempts, seconds: seconds ?? null };
}

function errorOf({ code, message, host, hint, at }: ErrorJson): Document {
  return {
    code,
    message,
    ...(host === undefined ? {} : { host }),
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at: { ...at } }),
  };
}

/** A reporter that prints the document once, when the run has ended. */
export function json(out: NodeJS.WritableStream): Reporter {
  return {
    event() {},
    close: (state) => new Promise((done) => out.write(`${JSON.stringify(result(state), null, 2)}\n`, () => done())),
  };
}
