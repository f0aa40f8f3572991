import type { ProjectOptions } from '../fleet/project/project.ts';

/** What every command takes. */
export interface GlobalOptions extends ProjectOptions {
  readonly limit?: string;
  readonly output: 'auto' | 'plain' | 'json' | 'ndjson';
  readonly verbose: number;
  readonly quiet?: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

export interface RunFlags extends GlobalOptions {
  readonly extra?: readonly string[];
  readonly secret?: readonly string[];
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly detailedExitcode?: boolean;
  readonly forks?: string;
  readonly listHosts?: boolean;
  readonly listTasks?: boolean;
  readonly detach?: boolean;
  readonly yes?: boolean;
  readonly allowProtected?: string;
  readonly report?: readonly string[];
  readonly help?: boolean;
}

export interface ExecFlags extends GlobalOptions {
  readonly shell?: boolean;
  readonly group?: boolean;
  readonly become?: boolean;
  readonly forks?: string;
  readonly timeout?: string;
}

/** `a,b` and repeated options alike. */
export const splitList = (values: readonly string[] | undefined): readonly string[] =>
  (values ?? []).flatMap((value) => value.split(',')).filter((word) => word !== '');
