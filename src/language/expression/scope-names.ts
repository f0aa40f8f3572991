import type { Facts } from '../../core/connection.ts';
import { nearest, SwarmError } from '../../core/error.ts';
import type { Span } from '../../core/span.ts';

/** A name of the scope that a template or an expression asks for, with its offsets in the text. */
export interface Use {
  readonly name: string;
  /** The fields behind the name, as far as they are fixed: `path` of `result.path`. */
  readonly rest: readonly string[];
  readonly start: number;
  readonly end: number;
  /** Asked for with `has()` or `default`: may be missing. */
  readonly optional: boolean;
}

/** What every task sees beside variables, and what it is. */
export const ROOTS: Readonly<Record<string, string>> = {
  inventory_hostname: 'the name of the host',
  group_names: 'the groups of the host',
  run_id: 'the run',
  check_mode: 'whether nothing is changed',
  host: 'the host: host.name, host.groups, host.vars',
  facts: 'what the machine told about itself: facts.cores, facts.arch',
  hosts: 'names of the selected hosts',
  groups: 'names of hosts by group',
  binhost: 'where packages are published: binhost.path',
  play: 'the play: play.name',
  run: 'the run: run.id',
  failed_result: 'in a rescue: what the task that failed registered',
};

const FACTS: Readonly<Record<keyof Facts, true>> = {
  hostname: true,
  kernel: true,
  arch: true,
  cores: true,
  memory: true,
  init: true,
  distribution: true,
  user: true,
  home: true,
};

/** SW1108 for a name that nothing in sight defines. `open`: the host's variables are not known here, so any other name may be one. */
export function unknownName(use: Use, known: ReadonlySet<string>, open: boolean, at: Span): SwarmError | undefined {
  if (use.optional) return undefined;
  const [field] = use.rest;
  if (use.name === 'facts' && field !== undefined && !Object.hasOwn(FACTS, field)) {
    return undefinedName(`\`facts\` has no field \`${field}\``, field, Object.keys(FACTS), at);
  }
  if (known.has(use.name) || open) return undefined;
  return undefinedName(`\`${use.name}\` is not defined`, use.name, known, at);
}

function undefinedName(message: string, name: string, known: Iterable<string>, at: Span): SwarmError {
  const near = nearest(name, known);
  return new SwarmError('SW1108', message, {
    at,
    hint: near === undefined ? `names here: ${[...known].join(', ')}` : `did you mean \`${near}\`?`,
  });
}
