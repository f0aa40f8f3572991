import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoPackage } from '../demo-package.ts';
import type { DemoEbuild } from '../demo-tree.ts';
import type { DroneSystem } from '../drone-system.ts';
import type { ArchiveEntry } from './pack-tar.ts';

/** Of this machine, if it has one. */
const COMPILER = 'cc';

export type PrintLine = (line: string) => void;

/** The folder in which a package is built: work/, temp/, image/ in it. */
export const buildFolderOf = (pkg: DemoPackage, system: DroneSystem): string => join(system.buildDir, pkg.cpv.category, pkg.cpv.pf);

/** The source phases up to the image; gives what is installed, or undefined when the compiler failed. */
export async function buildPackage(pkg: DemoPackage, system: DroneSystem, print: PrintLine): Promise<readonly ArchiveEntry[] | undefined> {
  const ebuild = pkg.ebuild as DemoEbuild;
  const folder = buildFolderOf(pkg, system);
  const [work, image] = [join(folder, 'work'), join(folder, 'image')];
  rmSync(folder, { recursive: true, force: true });
  for (const each of [work, image, join(folder, 'temp')]) mkdirSync(each, { recursive: true });
  print('>>> Unpacking source...');
  const sources = writeSources(pkg, ebuild, work);
  print(`>>> Source unpacked in ${work}`);
  print(`>>> Preparing source in ${work} ...`);
  print('>>> Source prepared.');
  print(`>>> Configuring source in ${work} ...`);
  print('>>> Source configured.');
  print(`>>> Compiling source in ${work} ...`);
  if (!(await compile(sources, work, system, ebuild.seconds / system.speed, print))) return undefined;
  print('>>> Source compiled.');
  print(`>>> Test phase [not enabled]: ${pkg.cpv.text}`);
  print('');
  print(`>>> Install ${pkg.cpv.text} into ${image}`);
  installImage(pkg, ebuild, work, image);
  print(`>>> Completed installing ${pkg.cpv.text} into ${image}`);
  print('');
  print(` * Final size of build directory:  ${Math.ceil(folderSize(work) / 1024)} KiB`);
  print(` * Final size of installed tree:  ${Math.ceil(folderSize(image) / 1024)} KiB`);
  return readImage(image);
}

function writeSources(pkg: DemoPackage, ebuild: DemoEbuild, work: string): string[] {
  const name = pkg.cpv.name.replace(/\W/g, '_');
  return Array.from({ length: ebuild.sources }, (_, n) => {
    const bad = ebuild.fails === true && n === ebuild.sources - 1;
    const body = Array.from({ length: 40 }, (__, k) => `int ${name}_${n}_${k}(int x) { return x * ${k + 1} + (x >> ${n % 7}); }\n`);
    const file = bad ? `${name}.c` : `${name}-${n + 1}.c`;
    writeFileSync(join(work, file), `#include <stddef.h>\n\n${bad ? '#include "nosuch.h"\n' : ''}${body.join('')}`);
    return file;
  });
}

/** One source after the other, evenly over the time that the tree says. Without a compiler, or in a hurry, objects are text. */
async function compile(sources: readonly string[], work: string, system: DroneSystem, seconds: number, print: PrintLine): Promise<boolean> {
  const compiler = system.speed <= 20 && spawnSync(COMPILER, ['--version']).status === 0;
  const start = performance.now();
  for (const [n, file] of sources.entries()) {
    print(`cc -O2 -pipe -fPIC -c ${file}`);
    const object = join(work, file.replace(/\.c$/, '.o'));
    const source = readFileSync(join(work, file), 'utf8');
    if (compiler) {
      if (!(await runCompiler(['-O2', '-pipe', '-fPIC', '-c', file], work, print))) return false;
    } else if (source.includes('"nosuch.h"')) {
      print(`${file}:3:10: fatal error: nosuch.h: No such file or directory`);
      print('compilation terminated.');
      return false;
    } else writeFileSync(object, source);
    const left = start + (1000 * seconds * (n + 1)) / sources.length - performance.now();
    if (left > 1) await sleep(left);
  }
  return true;
}

function runCompiler(args: readonly string[], cwd: string, print: PrintLine): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(COMPILER, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk));
    child.once('error', () => resolve(false));
    child.once('close', (code) => {
      for (const line of out.split('\n')) if (line !== '') print(line);
      resolve(code === 0);
    });
  });
}

function installImage(pkg: DemoPackage, ebuild: DemoEbuild, work: string, image: string): void {
  const target = join(image, 'opt/demo', pkg.cpv.category, pkg.cpv.pf);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'README'), `${pkg.cpv.text}\n${ebuild.about}\nUSE="${pkg.use.join(' ')}"\n`);
  for (const file of readdirSync(work)) if (file.endsWith('.o')) writeFileSync(join(target, file), readFileSync(join(work, file)));
  if (ebuild.data > 0) writeFileSync(join(target, 'data'), randomBytesFor(pkg.cpv.text, ebuild.data * 1024));
}

/** Bytes that do not compress, the same for each build of a package. */
function randomBytesFor(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let n = 0; n * 64 < length; n++) parts.push(createHash('sha512').update(`${seed} ${n}`).digest());
  return Buffer.concat(parts, length);
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const folderSize = (folder: string): number => listFiles(folder).reduce((sum, file) => sum + statSync(file).size, 0);

function readImage(image: string): ArchiveEntry[] {
  if (!existsSync(image)) return [];
  return listFiles(image)
    .sort()
    .map((file) => ({ name: relative(image, file), content: readFileSync(file) }));
}
