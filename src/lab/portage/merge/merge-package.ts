import { join } from 'node:path';
import { readPackageFile } from '../../../gentoo/package/package-file.ts';
import { fetchBinary } from '../binhost-client.ts';
import type { DemoPackage } from '../demo-package.ts';
import type { DroneSystem } from '../drone-system.ts';
import { dieMessage } from '../emerge-messages.ts';
import { addToPkgdir, readLocalIndex, reserveBuildId } from '../pkgdir.ts';
import { recordInstalled } from '../vdb.ts';
import type { OpenBuildLog } from './build-logs.ts';
import { buildFolderOf, buildPackage } from './build-package.ts';
import { packGpkg } from './pack-gpkg.ts';
import type { ArchiveEntry } from './pack-tar.ts';
import { packageMetadata } from './package-metadata.ts';

/** One package of a merge, and how it tells what it does. */
export interface MergeTask {
  readonly pkg: DemoPackage;
  readonly place: DroneSystem;
  /** What it was built with: what `:=` is bound to. */
  readonly libraries: readonly DemoPackage[];
  readonly packing: boolean;
  /** Packed, not installed. */
  readonly packOnly: boolean;
  /** BUILD_IDs of this version on the binhost. */
  readonly taken: readonly number[];
  /** The build log, and stdout where build output belongs there. */
  readonly log: OpenBuildLog;
  onInstalling(): void;
  onCompleted(): void;
}

/** Does it. Undefined when all went well, else the lines that emerge's end repeats. */
export async function mergePackage(task: MergeTask): Promise<readonly string[] | undefined> {
  if (task.pkg.type === 'binary') return installBinary(task);
  const { pkg, place: system, log } = task;
  const lost = pkg.ebuild?.lost;
  if (lost !== undefined) {
    log.line(`>>> Downloading 'http://127.0.0.1:9/${lost}'`);
    log.line(`--${new Date().toISOString().slice(0, 19).replace('T', ' ')}--  http://127.0.0.1:9/${lost}`);
    log.line('Connecting to 127.0.0.1:9... failed: Connection refused.');
    log.line(`!!! Couldn't download '${lost}'. Aborting.`);
    return [];
  }
  const image = await buildPackage(pkg, system, log.line);
  if (image !== undefined) return installBuilt(task, image);
  const text = dieMessage(pkg, 'compile', 'emake failed', log.file, buildFolderOf(pkg, system));
  for (const line of text) log.line(` \x1b[31;01m*\x1b[0m ${line}`);
  return text.filter((line) => line !== '').map((line) => ` * ${line}`);
}

async function installBinary({
  pkg,
  place: system,
  log,
  onInstalling: installing,
  onCompleted: completed,
}: MergeTask): Promise<readonly string[] | undefined> {
  if (pkg.remote === true) {
    const fetched = await fetchBinary(pkg, system);
    for (const line of fetched.lines) log.line(line);
    if (!fetched.ok) return [];
  }
  log.line('>>> Extracting info');
  log.line(`>>> Extracting ${pkg.cpv.text}`);
  installing();
  const { metadata } = await readPackageFile(join(system.pkgdir, pkg.stanza?.get('PATH') ?? ''));
  recordInstalled(pkg, metadata, system);
  completed();
  return undefined;
}

async function installBuilt(task: MergeTask, image: readonly ArchiveEntry[]): Promise<undefined> {
  const { pkg, place: system, log, libraries } = task;
  const time = Math.floor(Date.now() / 1000);
  const known = [...task.taken, ...idsOf(pkg, system)];
  let id = Math.max(0, ...known) + 1;
  if (task.packing) {
    log.line('');
    log.line('>>> Creating binpkg');
    const reserved = reserveBuildId(system, pkg.cpv, known);
    id = reserved.buildId;
    const bytes = packGpkg(`${pkg.cpv.pf}-${id}`, packageMetadata(pkg, { id, time }, image, libraries, system), image, time);
    await addToPkgdir(system, reserved.path, bytes, id);
    log.line('>>> Done.');
  }
  if (task.packOnly) return;
  task.onInstalling();
  recordInstalled({ ...pkg, type: 'installed' }, packageMetadata(pkg, { id, time }, image, libraries, system), system);
  task.onCompleted();
}

const idsOf = (pkg: DemoPackage, system: DroneSystem): number[] =>
  readLocalIndex(system)
    .packages.filter((stanza) => stanza.get('CPV') === pkg.cpv.text)
    .map((stanza) => Number(stanza.get('BUILD_ID') ?? 0));
