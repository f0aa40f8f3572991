import { loadavg } from 'node:os';
import type { DemoPackage } from '../demo-package.ts';
import type { DroneSystem } from '../drone-system.ts';
import { failureSummary } from '../emerge-messages.ts';
import type { MergeResolution } from '../resolver.ts';
import { appendEmergeLog, openBuildLog } from './build-logs.ts';
import { mergePackage } from './merge-package.ts';

export interface MergeOptions {
  readonly packing: boolean;
  /** --buildpkgonly: packed, not installed. */
  readonly packOnly: boolean;
  readonly keepGoing: boolean;
  /** Build output goes to the log only, and `>>> Jobs:` lines appear. */
  readonly background: boolean;
  readonly quiet: boolean;
  /** BUILD_IDs that the binhost has, by cpv. */
  readonly taken: ReadonlyMap<string, readonly number[]>;
}

export interface StandInOutput {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

type FailedMerge = { readonly pkg: DemoPackage; readonly log?: string; readonly elog: readonly string[] };

/** Merges in order, one package at a time, and prints what emerge prints. Gives emerge's exit status. */
export async function mergePackages(
  resolution: MergeResolution,
  options: MergeOptions,
  system: DroneSystem,
  out: StandInOutput,
): Promise<number> {
  const { order } = resolution;
  const failed: FailedMerge[] = [];
  const say = (line: string): void => out.stdout(`${line}\n`);
  const log = (text: string): void => appendEmergeLog(system, text);
  const gap = options.background || options.quiet ? '' : '\n';
  let done = 0;
  const jobs = (running: number): void => {
    if (options.background && !options.quiet) say(jobsLine(done, order.length, running, failed.length));
  };
  if (order.length > 0) say(`${gap}>>> Verifying ebuild manifests`);
  for (const [n, pkg] of order.entries()) {
    const missing = failed.find((each) => dependsOn(resolution, pkg, each.pkg));
    if (missing !== undefined) {
      const { category, name } = missing.pkg.cpv;
      const elog = [` * emerge --keep-going: ${pkg.cpv.text} dropped because it requires`, ` * ${category}/${name}`];
      for (const line of ['', ...elog]) say(line);
      failed.push({ pkg, elog });
      continue;
    }
    const count = `(${n + 1} of ${order.length})`;
    const title = `${count} ${pkg.cpv.text}::${pkg.repository}`;
    jobs(1);
    say(`${gap}>>> Emerging ${pkg.type === 'binary' ? 'binary ' : ''}${title}`);
    log(` >>> emerge ${count} ${pkg.cpv.text} to /`);
    const own = openBuildLog(pkg, system, options.background ? undefined : say);
    const elog = await mergePackage({
      pkg,
      place: system,
      libraries: [...(resolution.edges.get(pkg)?.keys() ?? [])],
      packing: options.packing,
      packOnly: options.packOnly,
      taken: options.taken.get(pkg.cpv.text) ?? [],
      log: own,
      onInstalling: () => {
        jobs(1);
        say(`${gap}>>> Installing ${title}`);
        log(` === ${count} Merging (${pkg.cpv.text})`);
      },
      onCompleted: () => say(`${gap}>>> Completed ${title}`),
    });
    if (elog === undefined) {
      done++;
      log(` ::: completed emerge ${count} ${pkg.cpv.text} to /`);
    } else {
      failed.push({ pkg, log: own.file, elog });
      say(`${gap}>>> Failed to emerge ${pkg.cpv.text}, Log file:\n${gap}>>>  '${own.file}'`);
    }
    jobs(0);
    if (failed.length > 0 && !options.keepGoing) break;
  }
  return printFailures(failed, options, log, out);
}

/** `>>> Jobs: 1 of 4 complete, 1 running                                   Load avg: 1.47, 2.47, 2.50`. */
function jobsLine(done: number, total: number, running: number, failed: number): string {
  const counts = [running > 0 ? `, ${running} running` : '', failed > 0 ? `, ${failed} failed` : ''].join('');
  const load = loadavg().map((each) => each.toFixed(2));
  return `${`>>> Jobs: ${done} of ${total} complete${counts}`.padEnd(71)} Load avg: ${load.join(', ')}`;
}

function printFailures(failed: readonly FailedMerge[], options: MergeOptions, log: (text: string) => void, out: StandInOutput): number {
  for (const each of failed) {
    if (each.elog.length === 0) continue;
    out.stdout(`\n * Messages for package ${each.pkg.cpv.text}:\n`);
    out.stdout(`${each.log === undefined ? '' : ` * Log file: ${each.log}\n`}\n${each.elog.join('\n')}\n`);
  }
  if (failed.length > 1 || (failed.length > 0 && options.keepGoing)) out.stderr(failureSummary(failed));
  log(failed.length === 0 ? ' *** exiting successfully.' : " *** exiting unsuccessfully with status '1'.");
  log(' *** terminating.');
  return failed.length === 0 ? 0 : 1;
}

function dependsOn(resolution: MergeResolution, pkg: DemoPackage, other: DemoPackage): boolean {
  const seen = new Set<DemoPackage>();
  const visit = (from: DemoPackage): boolean => {
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(resolution.edges.get(from)?.keys() ?? [])].some((to) => to === other || visit(to));
  };
  return visit(pkg);
}
