import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fetchBinary } from '../binhost-client.ts';
import { type DemoPackage, enabledFlags, type Fields, repository } from '../demo-package.ts';
import type { DroneSystem } from '../drone-system.ts';
import { dieMessage } from '../emerge-messages.ts';
import { listInstalled, recordInstalled } from '../installed-packages.ts';
import { addToPkgdir, reserveBuildId } from '../pkgdir.ts';
import { buildPackage } from './build-package.ts';
import { packGpkg } from './pack-gpkg.ts';
import { indexFields, metadataFiles } from './package-metadata.ts';

export interface StandInOutput {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

export interface MergeJob {
  readonly order: readonly DemoPackage[];
  readonly packing: boolean;
  /** --buildpkgonly: packed, not installed. */
  readonly packOnly: boolean;
  /** Entries of PKGDIR and of the binhost: their BUILD_IDs are taken. */
  readonly taken: readonly Fields[];
}

type PrintLine = (line: string) => void;

/** `UNIXTIME: text`, appended to emerge.log. */
export function appendEmergeLog({ emergeLog }: DroneSystem, text: string): void {
  mkdirSync(dirname(emergeLog), { recursive: true });
  appendFileSync(emergeLog, `${Math.floor(Date.now() / 1000)}: ${text}\n`);
}

/** Merges one package after the other and prints what emerge prints. Returns emerge's exit status. */
export async function mergePackages(job: MergeJob, system: DroneSystem, out: StandInOutput): Promise<number> {
  const print: PrintLine = (line) => out.stdout(`${line}\n`);
  if (job.order.length > 0) print('\n>>> Verifying ebuild manifests');
  for (const [n, pkg] of job.order.entries()) {
    const count = `(${n + 1} of ${job.order.length})`;
    print(`\n>>> Emerging ${pkg.type === 'binary' ? 'binary ' : ''}${count} ${pkg.cpv}::${repository}`);
    appendEmergeLog(system, ` >>> emerge ${count} ${pkg.cpv} to /`);
    const log = openBuildLog(pkg, system, print);
    const install = (fields: Fields): void => {
      print(`\n>>> Installing ${count} ${pkg.cpv}::${repository}`);
      recordInstalled(system, pkg, fields);
      print(`\n>>> Completed ${count} ${pkg.cpv}::${repository}`);
    };
    const done = await (pkg.type === 'binary' ? mergeBinary(pkg, system, log.line, install) : mergeEbuild(pkg, job, system, log, install));
    if (done !== true) {
      print(`\n>>> Failed to emerge ${pkg.cpv}, Log file:\n\n>>>  '${log.file}'`);
      if (done.length > 0) print(`\n * Messages for package ${pkg.cpv}:\n * Log file: ${log.file}\n\n${done.join('\n')}`);
      appendEmergeLog(system, " *** exiting unsuccessfully with status '1'.");
      return 1;
    }
    appendEmergeLog(system, ` ::: completed emerge ${count} ${pkg.cpv} to /`);
  }
  appendEmergeLog(system, ' *** exiting successfully.');
  return 0;
}

interface BuildLog {
  readonly file: string;
  readonly line: PrintLine;
}

/** PORTAGE_LOGDIR/CATEGORY:PF:YYYYMMDD-HHMMSS.log; its lines are printed too. */
function openBuildLog(pkg: DemoPackage, { logDir, arch }: DroneSystem, print: PrintLine): BuildLog {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const file = join(logDir, `${pkg.cpv.replace('/', ':')}:${stamp}.log`);
  const use = [arch, ...enabledFlags(pkg)].join(' ');
  writeFileSync(file, ` * Package:    ${pkg.cpv}:${pkg.slot}\n * Repository: ${repository}\n * USE:        ${use}\n`);
  return {
    file,
    line: (text) => {
      appendFileSync(file, `${text}\n`);
      print(text);
    },
  };
}

/** True, or the lines that emerge repeats at its end. */
type Merged = true | readonly string[];

async function mergeBinary(pkg: DemoPackage, system: DroneSystem, print: PrintLine, install: (fields: Fields) => void): Promise<Merged> {
  if (pkg.remote && !(await fetchBinary(pkg, system, print))) return [];
  print('>>> Extracting info');
  print(`>>> Extracting ${pkg.cpv}`);
  install(pkg.fields ?? {});
  return true;
}

/** What Portage has in the work folder of a package, as far as a person looks at it. */
function makeWorkFolder({ pf }: DemoPackage, folder: string): void {
  for (const each of ['work', 'temp']) mkdirSync(join(folder, each), { recursive: true });
  writeFileSync(join(folder, 'temp/environment'), `declare -x PF="${pf}"\n`);
}

async function mergeEbuild(
  pkg: DemoPackage,
  job: MergeJob,
  system: DroneSystem,
  log: BuildLog,
  install: (fields: Fields) => void,
): Promise<Merged> {
  const { lost } = pkg.ebuild;
  if (lost !== undefined) {
    log.line(`>>> Downloading 'http://127.0.0.1:9/${lost}'`);
    log.line(`--${new Date().toISOString().slice(0, 19).replace('T', ' ')}--  http://127.0.0.1:9/${lost}`);
    log.line('Connecting to 127.0.0.1:9... failed: Connection refused.');
    log.line(`!!! Couldn't download '${lost}'. Aborting.`);
    return [];
  }
  const folder = join(system.buildDir, pkg.cpv);
  makeWorkFolder(pkg, folder);
  const image = await buildPackage(pkg, folder, system.speed, log.line);
  if (image === undefined) {
    const text = dieMessage(pkg, 'emake failed', log.file, folder);
    for (const line of text) log.line(` \x1b[31;01m*\x1b[0m ${line}`);
    return text.filter((line) => line !== '').map((line) => ` * ${line}`);
  }
  rmSync(folder, { recursive: true }); // a failed build leaves it, as Portage does
  const known = job.taken.filter((fields) => fields['CPV'] === pkg.cpv).map((fields) => Number(fields['BUILD_ID']));
  const time = Math.floor(Date.now() / 1000);
  const fieldsOf = (id: number): Fields => indexFields(pkg, id, time, listInstalled(system), system);
  let fields = fieldsOf(Math.max(0, ...known) + 1);
  if (job.packing) {
    log.line('\n>>> Creating binpkg');
    const { id, path } = reserveBuildId(system, pkg, known);
    fields = fieldsOf(id);
    await addToPkgdir(system, path, packGpkg(`${pkg.pf}-${id}`, metadataFiles(pkg, fields, image, system), image, time), fields);
    log.line('>>> Done.');
  }
  if (!job.packOnly) install(fields);
  return true;
}
