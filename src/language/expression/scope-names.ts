import { closestName, listNames } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { findUnknownFact } from '../../core/facts/fact-table.ts';
import type { Span } from '../../core/span.ts';
import { findAnsibleVariableHint } from './ansible-variables.ts';

/** A name of the scope that a template or an expression uses, with its offsets in the text. */
export interface NameUse {
  readonly name: string;
  /** The fields behind the name, as far as they are fixed: `path` of `result.path`. */
  readonly fields: readonly string[];
  readonly start: number;
  readonly end: number;
  /** Used with `has()` or `default`, so it may be missing. */
  readonly optional: boolean;
}

/** The names that every task has beside its variables, with their meanings. */
export const BUILT_IN_VARIABLES: Readonly<Record<string, string>> = {
  inventory_hostname: 'the name of the host',
  group_names: 'the groups of the host',
  run_id: 'the id of the run',
  check_mode: 'true with --check',
  host: 'the host: host.name, host.address (of its first route), host.groups, host.vars',
  vars: 'all variables of the task by their names, for a name that is computed: `vars[name]`, in a template `{{ get vars name }}`',
  hostvars: 'the variables of every host: `hostvars.web1.port`; see [Other hosts](#variables-of-other-hosts)',
  facts: 'what swarm reads from the host: `facts.cores`, `facts.portage.profile`; see [Facts](#facts)',
  hosts: 'names of the selected hosts',
  groups: 'for each group, the names of its hosts',
  target_drones: 'pattern of the hosts that may build for a target; for hosts:',
  target_clients: 'pattern of the clients of all targets; for hosts:',
  binhost: 'where packages are published: binhost.path',
  play: 'the play: play.name',
  playbook_dir: 'the folder of the playbook',
  run: 'the run: run.id',
  omit: 'as the value of an argument: the argument is left out, as in `{{ default owner omit }}`',
  failed_result: 'in rescue: the result of the task that failed, such as `failed_result.rc`, with `task` (its name), `msg` and `code`',
};

/** Names that no variable may have: templates count on them, and Ansible does not let a variable take them either. */
const FIXED_NAMES = new Set(['inventory_hostname', 'group_names', 'groups', 'omit']);

/** Whether a variable, an arg, a loop or a result may have the name. */
export const isFreeName = (name: string): boolean => !FIXED_NAMES.has(name);

/** What is said of a name that is not free. */
export const FIXED_NAME = 'is a name of swarm with a fixed meaning: choose another name';

/** What is said of a variable that hides one of swarm. */
export const hiddenVariableMessage = (name: string): string =>
  `\`${name}\` hides a variable of swarm (${BUILT_IN_VARIABLES[name]?.replace(/[:;].*/, '')})`;

/** SW1108 for an undefined name or fact. The names in sight and the position are worked out only for one. */
export function checkNameUse(
  use: NameUse,
  isKnown: boolean,
  listNamesInSight: () => ReadonlySet<string>,
  at: () => Span,
): SwarmError | undefined {
  if (use.optional) return undefined;
  const unknown = use.name === 'facts' ? findUnknownFact(use.fields) : undefined;
  if (unknown !== undefined)
    return undefinedNameError(`\`${unknown.of}\` has no field \`${unknown.field}\``, unknown.field, unknown.known, at());
  return isKnown ? undefined : undefinedVariableError(use.name, listNamesInSight(), at());
}

/** SW1108 for a variable that nothing defines. Without a near name the hint names those of the project first. */
function undefinedVariableError(name: string, knownNames: ReadonlySet<string>, at: Span): SwarmError {
  const message = `\`${name}\` is not defined`;
  if (/^\d|[,"'\s]/.test(name)) {
    const entries = name.split(/\s*,\s*/).join(' '); // `[…]` of a template
    return new SwarmError('SW1108', message, { at, hint: `Brackets hold a name in a template. Write: (list ${entries})` });
  }
  const near = closestName(name, knownNames);
  const instead = findAnsibleVariableHint(name);
  if (near === undefined && instead !== undefined) return new SwarmError('SW1108', message, { at, hint: instead });
  const isBuiltIn = (each: string): boolean => Object.hasOwn(BUILT_IN_VARIABLES, each);
  const known = [...knownNames].sort((a, b) => Number(isBuiltIn(a)) - Number(isBuiltIn(b)));
  if (near !== undefined) return undefinedNameError(message, name, known, at);
  const hint = `Give it with -e ${name}=VALUE, declare it in args:, or use one of: ${listNames(known)}`;
  return new SwarmError('SW1108', message, { at, hint });
}

/** SW1108 with the nearest of the known names. */
export function undefinedNameError(message: string, name: string, knownNames: Iterable<string>, at: Span): SwarmError {
  const near = closestName(name, knownNames);
  return new SwarmError('SW1108', message, {
    at,
    hint: near === undefined ? `Use one of: ${listNames(knownNames)}` : `Did you mean \`${near}\`?`,
  });
}
