import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { readPackage } from '../../gentoo/package-file.ts';
import { fetchBinary } from './binhost.ts';
import { build, buildFolder } from './build.ts';
import { packGpkg } from './gpkg.ts';
import { metadataOf } from './metadata.ts';
import type { Package } from './package.ts';
import { inject, localIndex, reserve } from './pkgdir.ts';
import type { Place } from './place.ts';
import type { Resolution } from './resolve.ts';
import { record } from './vdb.ts';
import { dieText, failureList } from './words.ts';

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

export interface Out {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

type Failed = { readonly pkg: Package; readonly log?: string; readonly elog: readonly string[] };

/** Merges in order, one package at a time, and prints what emerge prints. Gives emerge's exit status. */
export async function merge(resolution: Resolution, options: MergeOptions, place: Place, out: Out): Promise<number> {
  const total = resolution.order.length;
  const failed: Failed[] = [];
  const log = (text: string): void => emergeLog(place, text);
  const say = (line: string): void => out.stdout(`${line}\n`);
  const gap = options.background || options.quiet ? '' : '\n';
  let done = 0;
  const jobs = (running: number): void => {
    if (!options.background || options.quiet) return;
    const rest = [running > 0 ? `${running} running` : '', failed.length > 0 ? `${failed.length} failed` : ''].filter(
      (each) => each !== '',
    );
    const left = `>>> Jobs: ${done} of ${total} complete${rest.map((each) => `, ${each}`).join('')}`;
    const load = loadavg().map((each) => each.toFixed(2));
    say(`${left.padEnd(71)} Load avg: ${load.join(', ')}`);
  };
  if (total > 0) out.stdout(`${gap}>>> Verifying ebuild manifests\n`);
  for (const [n, pkg] of resolution.order.entries()) {
    const missing = failed.find((each) => needs(resolution, pkg, each.pkg));
    if (missing !== undefined) {
      const why = [
        ` * emerge --keep-going: ${pkg.cpv.text} dropped because it requires`,
        ` * ${missing.pkg.cpv.category}/${missing.pkg.cpv.name}`,
      ];
      for (const line of ['', ...why]) say(line);
      failed.push({ pkg, elog: why });
      continue;
    }
    const count = `(${n + 1} of ${total})`;
    const title = `${pkg.cpv.text}::${pkg.repository}`;
    jobs(1);
    out.stdout(`${gap}>>> Emerging ${pkg.type === 'binary' ? 'binary ' : ''}${count} ${title}\n`);
    log(` >>> emerge ${count} ${pkg.cpv.text} to /`);
    const record = buildLog(pkg, place, options.background ? undefined : say);
    const problem = await mergeOne(pkg, { ...options, count, title, gap, jobs: () => jobs(1) }, resolution, place, { say, log, record });
    if (problem === undefined) {
      done++;
      log(` ::: completed emerge ${count} ${pkg.cpv.text} to /`);
      jobs(0);
      continue;
    }
    failed.push({ pkg, log: record.file, elog: problem });
    out.stdout(`\n>>> Failed to emerge ${pkg.cpv.text}, Log file:\n${gap}>>>  '${record.file}'\n`);
    jobs(0);
    if (!options.keepGoing) break;
  }
  return finish(failed, options, log, out);
}

function finish(failed: readonly Failed[], options: MergeOptions, log: (text: string) => void, out: Out): number {
  for (const each of failed) {
    if (each.elog.length === 0) continue;
    out.stdout(`\n * Messages for package ${each.pkg.cpv.text}:\n`);
    out.stdout(`${each.log === undefined ? '' : ` * Log file: ${each.log}\n`}\n${each.elog.join('\n')}\n`);
  }
  if (failed.length > 1 || (failed.length > 0 && options.keepGoing)) out.stderr(failureList(failed));
  log(failed.length === 0 ? ' *** exiting successfully.' : " *** exiting unsuccessfully with status '1'.");
  log(' *** terminating.');
  return failed.length === 0 ? 0 : 1;
}

interface Telling {
  readonly say: (line: string) => void;
  readonly log: (text: string) => void;
  readonly record: BuildLog;
}

/** Undefined when all went well, else what the elog repeats at the end. */
async function mergeOne(
  pkg: Package,
  options: MergeOptions & { readonly count: string; readonly title: string; readonly gap: string; jobs(): void },
  resolution: Resolution,
  place: Place,
  { say, log, record: own }: Telling,
): Promise<readonly string[] | undefined> {
  const installing = (): void => {
    options.jobs();
    say(`${options.gap}>>> Installing ${options.count} ${options.title}`);
    log(
      ` === ${options.count} Merging (${pkg.cpv.text}::/var/db/repos/${pkg.repository}/${pkg.cpv.category}/${pkg.cpv.name}/${pkg.cpv.pf}.ebuild)`,
    );
  };
  const completed = (): void => say(`${options.gap}>>> Completed ${options.count} ${options.title}`);
  if (pkg.type === 'binary') {
    if (pkg.remote === true) {
      const fetched = await fetchBinary(pkg, place);
      for (const line of fetched.lines) own.line(line);
      if (!fetched.ok) return [];
    }
    own.line('>>> Extracting info');
    own.line(`>>> Extracting ${pkg.cpv.text}`);
    installing();
    const { metadata } = await readPackage(join(place.pkgdir, pkg.stanza?.get('PATH') ?? ''));
    record(pkg, metadata, place);
    completed();
    return undefined;
  }
  log(` === ${options.count} Compiling/${options.packing ? 'Packaging' : 'Merging'} (${pkg.cpv.text})`);
  const lost = pkg.ebuild?.lost;
  if (lost !== undefined) {
    own.line(`>>> Downloading 'http://127.0.0.1:9/${lost}'`);
    own.line(`--${new Date().toISOString().slice(0, 19).replace('T', ' ')}--  http://127.0.0.1:9/${lost}`);
    own.line('Connecting to 127.0.0.1:9... failed: Connection refused.');
    own.line(`!!! Couldn't download '${lost}'. Aborting.`);
    return [];
  }
  const image = await build(pkg, place, own.line);
  if (image === undefined) {
    const text = dieText(pkg, 'compile', 'emake failed', own.file, buildFolder(pkg, place));
    for (const line of text) own.line(` \x1b[31;01m*\x1b[0m ${line}`);
    return text.filter((line) => line !== '').map((line) => ` * ${line}`);
  }
  const time = Math.floor(Date.now() / 1000);
  const libraries = [...(resolution.edges.get(pkg)?.keys() ?? [])];
  const known = [...(options.taken.get(pkg.cpv.text) ?? []), ...idsOf(pkg, place)];
  let id = Math.max(0, ...known) + 1;
  if (options.packing) {
    own.line('');
    own.line('>>> Creating binpkg');
    const place0 = reserve(place, pkg.cpv, known);
    id = place0.buildId;
    const bytes = packGpkg(`${pkg.cpv.pf}-${id}`, metadataOf(pkg, { id, time }, image, libraries, place), image, time);
    await inject(place, place0.path, bytes, id);
    own.line('>>> Done.');
  }
  if (options.packOnly) return undefined;
  installing();
  record({ ...pkg, type: 'installed' }, metadataOf(pkg, { id, time }, image, libraries, place), place);
  completed();
  return undefined;
}

const idsOf = (pkg: Package, place: Place): number[] =>
  localIndex(place)
    .packages.filter((stanza) => stanza.get('CPV') === pkg.cpv.text)
    .map((stanza) => Number(stanza.get('BUILD_ID') ?? 0));

function needs(resolution: Resolution, pkg: Package, other: Package): boolean {
  const seen = new Set<Package>();
  const reach = (from: Package): boolean => {
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(resolution.edges.get(from)?.keys() ?? [])].some((to) => to === other || reach(to));
  };
  return reach(pkg);
}

interface BuildLog {
  readonly file: string;
  line(text: string): void;
}

/** PORTAGE_LOGDIR/CATEGORY:PF:YYYYMMDD-HHMMSS.log, and what else wants the lines. */
function buildLog(pkg: Package, place: Place, also: ((line: string) => void) | undefined): BuildLog {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const file = join(place.logDir, `${pkg.cpv.category}:${pkg.cpv.pf}:${stamp}.log`);
  writeFileSync(
    file,
    [
      ` * Package:    ${pkg.cpv.text}:${pkg.slot}`,
      ` * Repository: ${pkg.repository}`,
      ` * USE:        ${[place.arch, ...pkg.use].join(' ')}`,
      ' * FEATURES:   preserve-libs',
      '',
    ].join('\n'),
  );
  return {
    file,
    line: (text) => {
      appendFileSync(file, `${text}\n`);
      also?.(text);
    },
  };
}

/** `UNIXTIME: text`, appended. */
export function emergeLog(place: Place, text: string): void {
  mkdirSync(dirname(place.emergeLog), { recursive: true });
  appendFileSync(place.emergeLog, `${Math.floor(Date.now() / 1000)}: ${text}\n`);
}

/** The names of sets, and what is in them. */
export function setOf(name: string, place: Place): readonly string[] | undefined {
  if (name === 'system') return ['demo-libs/base'];
  if (name !== 'world' && name !== 'selected') return undefined;
  try {
    return readFileSync(join(place.dir, 'var/lib/portage/world'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return ['demo-app/desktop'];
  }
}
