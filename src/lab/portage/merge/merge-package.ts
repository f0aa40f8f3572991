import { join } from 'node:path';
import { readPackage } from '../../../gentoo/package/package-file.ts';
import { fetchBinary } from '../binhost-client.ts';
import type { Package } from '../demo-package.ts';
import type { Place } from '../drone-system.ts';
import { dieText } from '../emerge-messages.ts';
import { inject, localIndex, reserve } from '../pkgdir.ts';
import { record } from '../vdb.ts';
import type { BuildLog } from './build-logs.ts';
import { build, buildFolder } from './build-package.ts';
import { packGpkg } from './pack-gpkg.ts';
import type { Entry } from './pack-tar.ts';
import { metadataOf } from './package-metadata.ts';

/** One package of a merge, and how it tells what it does. */
export interface Task {
  readonly pkg: Package;
  readonly place: Place;
  /** What it was built with: what `:=` is bound to. */
  readonly libraries: readonly Package[];
  readonly packing: boolean;
  /** Packed, not installed. */
  readonly packOnly: boolean;
  /** BUILD_IDs of this version on the binhost. */
  readonly taken: readonly number[];
  /** The build log, and stdout where build output belongs there. */
  readonly log: BuildLog;
  installing(): void;
  completed(): void;
}

/** Does it. Undefined when all went well, else the lines that emerge's end repeats. */
export async function perform(task: Task): Promise<readonly string[] | undefined> {
  if (task.pkg.type === 'binary') return installBinary(task);
  const { pkg, place, log } = task;
  const lost = pkg.ebuild?.lost;
  if (lost !== undefined) {
    log.line(`>>> Downloading 'http://127.0.0.1:9/${lost}'`);
    log.line(`--${new Date().toISOString().slice(0, 19).replace('T', ' ')}--  http://127.0.0.1:9/${lost}`);
    log.line('Connecting to 127.0.0.1:9... failed: Connection refused.');
    log.line(`!!! Couldn't download '${lost}'. Aborting.`);
    return [];
  }
  const image = await build(pkg, place, log.line);
  if (image !== undefined) return installBuilt(task, image);
  const text = dieText(pkg, 'compile', 'emake failed', log.file, buildFolder(pkg, place));
  for (const line of text) log.line(` \x1b[31;01m*\x1b[0m ${line}`);
  return text.filter((line) => line !== '').map((line) => ` * ${line}`);
}

async function installBinary({ pkg, place, log, installing, completed }: Task): Promise<readonly string[] | undefined> {
  if (pkg.remote === true) {
    const fetched = await fetchBinary(pkg, place);
    for (const line of fetched.lines) log.line(line);
    if (!fetched.ok) return [];
  }
  log.line('>>> Extracting info');
  log.line(`>>> Extracting ${pkg.cpv.text}`);
  installing();
  const { metadata } = await readPackage(join(place.pkgdir, pkg.stanza?.get('PATH') ?? ''));
  record(pkg, metadata, place);
  completed();
  return undefined;
}

async function installBuilt(task: Task, image: readonly Entry[]): Promise<undefined> {
  const { pkg, place, log, libraries } = task;
  const time = Math.floor(Date.now() / 1000);
  const known = [...task.taken, ...idsOf(pkg, place)];
  let id = Math.max(0, ...known) + 1;
  if (task.packing) {
    log.line('');
    log.line('>>> Creating binpkg');
    const reserved = reserve(place, pkg.cpv, known);
    id = reserved.buildId;
    const bytes = packGpkg(`${pkg.cpv.pf}-${id}`, metadataOf(pkg, { id, time }, image, libraries, place), image, time);
    await inject(place, reserved.path, bytes, id);
    log.line('>>> Done.');
  }
  if (task.packOnly) return;
  task.installing();
  record({ ...pkg, type: 'installed' }, metadataOf(pkg, { id, time }, image, libraries, place), place);
  task.completed();
}

const idsOf = (pkg: Package, place: Place): number[] =>
  localIndex(place)
    .packages.filter((stanza) => stanza.get('CPV') === pkg.cpv.text)
    .map((stanza) => Number(stanza.get('BUILD_ID') ?? 0));
