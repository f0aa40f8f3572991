import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Package } from '../demo-package.ts';
import type { Ebuild } from '../demo-tree.ts';
import type { Place } from '../drone-system.ts';
import type { Entry } from './pack-tar.ts';

/** Of this machine, if it has one. */
const COMPILER = 'cc';

export type Say = (line: string) => void;

/** The folder in which a package is built: work/, temp/, image/ in it. */
export const buildFolder = (pkg: Package, place: Place): string => join(place.buildDir, pkg.cpv.category, pkg.cpv.pf);

/** The source phases up to the image; gives what is installed, or undefined when the compiler failed. */
export async function build(pkg: Package, place: Place, say: Say): Promise<readonly Entry[] | undefined> {
  const ebuild = pkg.ebuild as Ebuild;
  const folder = buildFolder(pkg, place);
  const [work, image] = [join(folder, 'work'), join(folder, 'image')];
  rmSync(folder, { recursive: true, force: true });
  for (const each of [work, image, join(folder, 'temp')]) mkdirSync(each, { recursive: true });
  say('>>> Unpacking source...');
  const sources = writeSources(pkg, ebuild, work);
  say(`>>> Source unpacked in ${work}`);
  say(`>>> Preparing source in ${work} ...`);
  say('>>> Source prepared.');
  say(`>>> Configuring source in ${work} ...`);
  say('>>> Source configured.');
  say(`>>> Compiling source in ${work} ...`);
  if (!(await compile(sources, work, place, ebuild.seconds / place.speed, say))) return undefined;
  say('>>> Source compiled.');
  say(`>>> Test phase [not enabled]: ${pkg.cpv.text}`);
  say('');
  say(`>>> Install ${pkg.cpv.text} into ${image}`);
  install(pkg, ebuild, work, image);
  say(`>>> Completed installing ${pkg.cpv.text} into ${image}`);
  say('');
  say(` * Final size of build directory:  ${Math.ceil(sizeOf(work) / 1024)} KiB`);
  say(` * Final size of installed tree:  ${Math.ceil(sizeOf(image) / 1024)} KiB`);
  return entriesOf(image);
}

function writeSources(pkg: Package, ebuild: Ebuild, work: string): string[] {
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
async function compile(sources: readonly string[], work: string, place: Place, seconds: number, say: Say): Promise<boolean> {
  const compiler = place.speed <= 20 && spawnSync(COMPILER, ['--version']).status === 0;
  const start = performance.now();
  for (const [n, file] of sources.entries()) {
    say(`cc -O2 -pipe -fPIC -c ${file}`);
    const object = join(work, file.replace(/\.c$/, '.o'));
    const source = readFileSync(join(work, file), 'utf8');
    if (compiler) {
      if (!(await cc(['-O2', '-pipe', '-fPIC', '-c', file], work, say))) return false;
    } else if (source.includes('"nosuch.h"')) {
      say(`${file}:3:10: fatal error: nosuch.h: No such file or directory`);
      say('compilation terminated.');
      return false;
    } else writeFileSync(object, source);
    const left = start + (1000 * seconds * (n + 1)) / sources.length - performance.now();
    if (left > 1) await sleep(left);
  }
  return true;
}

function cc(args: readonly string[], cwd: string, say: Say): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(COMPILER, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk));
    child.once('error', () => resolve(false));
    child.once('close', (code) => {
      for (const line of out.split('\n')) if (line !== '') say(line);
      resolve(code === 0);
    });
  });
}

function install(pkg: Package, ebuild: Ebuild, work: string, image: string): void {
  const target = join(image, 'opt/demo', pkg.cpv.category, pkg.cpv.pf);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'README'), `${pkg.cpv.text}\n${ebuild.about}\nUSE="${pkg.use.join(' ')}"\n`);
  for (const file of readdirSync(work)) if (file.endsWith('.o')) writeFileSync(join(target, file), readFileSync(join(work, file)));
  if (ebuild.data > 0) writeFileSync(join(target, 'data'), noise(pkg.cpv.text, ebuild.data * 1024));
}

/** Bytes that do not compress, the same for each build of a package. */
function noise(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let n = 0; n * 64 < length; n++) parts.push(createHash('sha512').update(`${seed} ${n}`).digest());
  return Buffer.concat(parts, length);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const sizeOf = (folder: string): number => filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0);

function entriesOf(image: string): Entry[] {
  if (!existsSync(image)) return [];
  return filesIn(image)
    .sort()
    .map((file) => ({ name: relative(image, file), content: readFileSync(file) }));
}
