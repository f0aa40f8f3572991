import type { Command } from '../core/connection.ts';
import type { TargetRoot } from '../core/inventory/target.ts';
import { readProgram } from '../core/program/package-root.ts';
import type { PlannedDependency } from '../gentoo/plan/build-plan.ts';
import { runInRoot } from './root/run-in-root.ts';
import { type TargetConfig, targetVariable } from './target/target-folder.ts';

/** What a build of one package needs to know. */
export interface EmergeJobOptions {
  /** As emerge takes it: `=cat/name-1.2:0::gentoo`. */
  readonly atom: string;
  /** What has to come from source, as --usepkg-exclude takes it: a name, or a name and slot. */
  readonly source: string;
  /** The project, as `makeProjectKey` names it. */
  readonly project: string;
  /** Name of the target. */
  readonly target: string;
  /** The loopback port of the host that leads to the binhost. */
  readonly port: number;
  readonly options: readonly string[];
  /** What has to be installed for it; absent: emerge decides. */
  readonly dependencies?: readonly PlannedDependency[];
  readonly config: TargetConfig | null;
  /** Where the build runs; absent: on the host's own /. */
  readonly root?: TargetRoot | undefined;
  /** What the target builds for; absent: what gcc builds for. */
  readonly chost?: string | undefined;
  /** Keeps the work folder of a build that fails. */
  readonly keepFailed: boolean;
}

/** A setting of Portage that a play's environment: may give; nothing else of the login's environment reaches emerge, as Portage keeps
 *  the whole of it inside each package. */
const PORTAGE_SETTINGS = [
  'USE',
  'MAKEOPTS',
  'FEATURES',
  'CFLAGS',
  'CXXFLAGS',
  'LDFLAGS',
  'ACCEPT_KEYWORDS',
  'ACCEPT_LICENSE',
  'PORTAGE_NICENESS',
  'PORTAGE_TMPDIR',
  'PKGDIR',
  'DISTDIR',
  'PORTAGE_OVERRIDE_EPREFIX',
  'GENTOO_MIRRORS',
];

/** Any sh text in Portage's environment. */
export function makePortageCommand(script: string, ...words: string[]): Command {
  return { argv: ['/bin/sh', '-c', readProgram('src/builds/clean-environment.sh'), 'sh', PORTAGE_SETTINGS.join(' '), script, ...words] };
}

/** The first line of the job's output: what has to be known again when the job is attached to later. */
export interface JobHeader {
  /** Unix seconds by the host's clock. */
  readonly started: number;
  readonly port: number;
  /** The folder of packages that the job writes to. */
  readonly packages: string;
}

/** The line with which a job begins its log. Undefined for any other line. */
export function parseJobHeader(line: string): JobHeader | undefined {
  const [, started, port, packages = ''] = /^>>> swarm: started (\d+), binhost http:\/\/[^/:]+:(\d+), packages (\/.*)$/.exec(line) ?? [];
  return started === undefined ? undefined : { started: Number(started), port: Number(port), packages };
}

/** The versions of glibc and gcc that a job compiles with, from the line of its log. Undefined for any other line. */
export function parseToolchain(line: string): Readonly<Record<string, string>> | undefined {
  const said = /^>>> swarm: compiles with (.+)$/.exec(line)?.[1];
  if (said === undefined) return undefined;
  const [, glibc] = /^glibc ([\d.]+),/.exec(said) ?? [];
  const [, gcc] = / gcc (\d+)/.exec(said) ?? [];
  return { ...(glibc === undefined ? {} : { glibc }), ...(gcc === undefined ? {} : { gcc }) };
}

/** The detached job that builds one package. */
export function makeEmergeCommand({
  atom,
  source,
  project,
  target,
  port,
  options,
  dependencies,
  config,
  root,
  chost = '-',
  keepFailed,
}: EmergeJobOptions): Command {
  const planned = dependencies?.map(({ cpv, slot, subSlot, from }) => [cpv, slot, subSlot, from]);
  const command = makePortageCommand(
    readProgram('src/builds/build-package.sh'),
    ...[atom, source, `http://127.0.0.1:${port}`, `${project}/${target}`],
    makePlacesProgram(config),
    ...(planned === undefined ? ['-', '-'] : [JSON.stringify(planned), readProgram('src/builds/compare-dependencies.py')]),
    ...[keepFailed ? 'keep' : 'sweep', chost],
    ...options,
  );
  return runInRoot(root, config, 'build', command);
}

/** Writes the configuration on the host, and prints where, after EROOT. */
function makePlacesProgram(config: TargetConfig | null): string {
  const parts = ['target-config.py', 'job-places.py'].map((name) => readProgram(`src/builds/target/${name}`));
  return [targetVariable(config), ...parts].join('\n');
}
