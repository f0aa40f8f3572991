import type { Vars } from '../../core/json-value.ts';
import type { HostRun } from '../host-run.ts';

/** Gives variables to a host, for the rest of the run. They count as much as registered results: the last one wins. Those of a file of
 *  `include_vars` are templates; what a host or a command printed never is. */
export function setVariables(hostRun: HostRun, vars: Vars | undefined, module?: string): void {
  const set = Object.entries(vars ?? {});
  if (set.length === 0) return;
  const names = set.map(([name]) => name);
  // anew, and not in place: what was handed to other hosts stays as it was
  hostRun.registered = new Map([...hostRun.registered, ...set]);
  if (module === 'include_vars') hostRun.templates = new Set([...hostRun.templates, ...names]);
  else if (names.some((name) => hostRun.templates.has(name)))
    hostRun.templates = new Set([...hostRun.templates].filter((name) => !names.includes(name)));
}

/** What was set on a host: the values that are templates, and those that are not. */
export function splitTemplates({ registered, templates }: Pick<HostRun, 'registered' | 'templates'>): {
  readonly texts: Vars;
  readonly results: Vars;
} {
  const select = (isText: boolean): Vars => Object.fromEntries([...registered].filter(([name]) => templates.has(name) === isText));
  return { texts: select(true), results: select(false) };
}
