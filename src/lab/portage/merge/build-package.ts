import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DemoPackage, enabledFlags } from '../demo-package.ts';
import type { ArchiveEntry } from './pack-tar.ts';

/** Prints the phases of a build and takes its time; no compiler runs. Returns what is installed, or undefined when compiling failed. */
export async function buildPackage(
  pkg: DemoPackage,
  folder: string,
  speed: number,
  print: (line: string) => void,
): Promise<readonly ArchiveEntry[] | undefined> {
  const [work, target] = [`${folder}/work`, `${folder}/image`];
  print(`>>> Unpacking source...\n>>> Source unpacked in ${work}`);
  print(`>>> Preparing source in ${work} ...\n>>> Source prepared.`);
  print(`>>> Configuring source in ${work} ...\n>>> Source configured.`);
  print(`>>> Compiling source in ${work} ...`);
  if (!(await compile(pkg, speed, print))) return undefined;
  print('>>> Source compiled.');
  print(`>>> Test phase [not enabled]: ${pkg.cpv}\n`);
  print(`>>> Install ${pkg.cpv} into ${target}`);
  const image = installedFiles(pkg);
  print(`>>> Completed installing ${pkg.cpv} into ${target}\n`);
  print(' * Final size of build directory:  4 KiB');
  print(` * Final size of installed tree:  ${Math.ceil(sizeOf(image) / 1024)} KiB`);
  return image;
}

/** Bytes of all files. */
export const sizeOf = (image: readonly ArchiveEntry[]): number => image.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);

/** One source after the other, evenly over the time that the tree gives. */
async function compile({ ebuild }: DemoPackage, speed: number, print: (line: string) => void): Promise<boolean> {
  const name = ebuild.name.split('/')[1] ?? '';
  for (let n = 1; n <= ebuild.sources; n++) {
    const fails = ebuild.fails === true && n === ebuild.sources;
    const file = fails ? `${name}.c` : `${name}-${n}.c`;
    print(`cc -O2 -pipe -fPIC -c ${file}`);
    if (fails) {
      print(`${file}:3:10: fatal error: nosuch.h: No such file or directory`);
      print('compilation terminated.');
      return false;
    }
    await sleep((1000 * ebuild.seconds) / speed / ebuild.sources);
  }
  return true;
}

function installedFiles(pkg: DemoPackage): readonly ArchiveEntry[] {
  const folder = `opt/demo/${pkg.cpv}`;
  const readme = Buffer.from(`${pkg.cpv}\n${pkg.ebuild.about}\nUSE="${enabledFlags(pkg).join(' ')}"\n`);
  const entries = [{ name: `${folder}/README`, content: readme }];
  return pkg.ebuild.data === 0
    ? entries
    : [...entries, { name: `${folder}/data`, content: randomBytesFor(pkg.cpv, pkg.ebuild.data * 1024) }];
}

/** Bytes that do not compress, the same for each build of a package. */
function randomBytesFor(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let n = 0; n * 64 < length; n++) parts.push(createHash('sha512').update(`${seed} ${n}`).digest());
  return Buffer.concat(parts, length);
}
