import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { runEmerge } from '../../../src/lab/portage/run-emerge.ts';
import { fixtures, readCapture } from '../../gentoo/samples.ts';

/** What the double prints and writes, beside captures of real Portage: the same lines, with other names. */
const dir = mkdtempSync(join(tmpdir(), 'swarm-captures-'));
beforeEach(() => rmSync(dir, { recursive: true, force: true }));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function emerge(...args: string[]) {
  const text = { stdout: '', stderr: '' };
  const write = (stream: 'stdout' | 'stderr') => (more: string) => {
    text[stream] += more;
  };
  const env = { SWARM_LAB_DRONE: dir, LAB_SPEED: '100000' };
  await runEmerge(['--color=n', ...args], env, { stdout: write('stdout'), stderr: write('stderr') });
  return text;
}

/** A line without what differs between two trees and two machines: names, versions, folders, times, sizes. */
const shape = (line: string): string =>
  line
    .replace(/\x1b\[[\d;]*m/g, '')
    .replace(/\b(?:demo|rig)-\w+[:/][\w+-]+?-\d[\w.]*(?:-r\d+)?/g, 'CPV')
    .replace(/\b(?:demo|rig)-\w+\/[\w+-]*/g, 'NAME')
    .replace(/(::| \* Repository: )(?:demo|rig)\b/g, '$1REPO')
    .replace(/(>=CPV) \w+/, '$1 FLAG')
    .replace(/^( {0,2}\*? {2,7}(?:die ")?)(?:emake failed|compile failed on purpose)/, '$1REASON')
    .replace(/^cc .* -c /, 'cc -c ')
    .replace(/\/\S*(?=\/(?:work|image|temp|var\/db\/repos)\b)|\/\S*\/(?=CPV:)/g, '')
    .replace(/\/repos\/(?:demo|rig)\//g, '/repos/REPO/')
    .replace(/\b(?:DEMO|RIG)-EULA\b/g, 'LICENCE')
    .replace(/\d{8}-\d{6}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d+\.\d+ s\b|^\d{10}|\b[A-Z][a-z]{2} \d\d, \d{4} \d\d:\d\d:\d\d$/g, 'TIME')
    .replace(/\(\d+ of \d+\)/g, '(N of M)')
    .replace(/backtrack: \d/, 'backtrack: N')
    .replace(/\d+ KiB/, 'N KiB')
    .replace(/\b[\w-]+(?:-[\d.]+)?\.(?:tar\.gz|c)\b/g, 'FILE')
    .replace(/( \*\*\* emerge) .*/, '$1 WORDS')
    .replace(/^# (?:Rig Tester <rig|Swarm Lab <lab)@/, '# WHO <')
    .trimEnd();
const shapes = (text: string): string[] => text.split('\n').map(shape);

describe('a refusal has the words of Portage, line by line', () => {
  test.each([
    ['masked-package', 'demo-app/masked'],
    ['masked-keyword', 'demo-app/testing'],
    ['masked-license', 'demo-app/licensed'],
    ['missing-dependency', 'demo-app/orphan'],
    ['bad-atom', 'demo-app/'],
    ['circular', 'demo-libs/hen'],
    ['use-change', 'demo-app/poster'],
  ])('%s', async (capture, atom) => {
    expect(shapes((await emerge(atom)).stderr)).toEqual(shapes(readCapture(`${capture}.stderr`)));
  });

  test('buildpkgonly-missing-deps', async () => {
    const { stderr } = await emerge('--buildpkgonly', 'demo-libs/zip');
    expect(shapes(stderr)).toEqual(shapes(readCapture('buildpkgonly-missing-deps.stderr')));
  });
});

/** What the captured packages have not, because they compile nothing or nothing that works. The ebuild phases of Portage print it. */
const COMPILED = ['>>> Source compiled.', '>>> Test phase [not enabled]: CPV', 'compilation terminated.'];

/** Each line once, in order: of one package of a build. */
const distinct = (text: string): string[] => [...new Set(shapes(text))];

describe('a build prints what Portage prints', () => {
  test.each([
    ['fail-compile', 'demo-app/broken'],
    ['fail-fetch', 'demo-app/lost'],
    ['build', 'demo-libs/zip'],
  ])('%s', async (capture, atom) => {
    const known = new Set([...distinct(readCapture(`${capture}.stdout`)), ...distinct(readCapture('fail-compile.stdout')), ...COMPILED]);
    const lines = distinct((await emerge('--buildpkg', '--oneshot', '--nodeps', atom)).stdout);
    expect(lines.filter((line) => !known.has(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('>>>'))).toEqual(
      expect.arrayContaining(distinct(readCapture(`${capture}.stdout`)).filter((line) => line.startsWith('>>>'))),
    );
  });

  test('--pretend lists packages in the same columns', async () => {
    const { stdout } = await emerge('--pretend', 'demo-libs/zip');
    const known = new Set(shapes(readCapture('pretend.stdout')));
    expect(shapes(stdout).filter((line) => !known.has(line))).toEqual([]);
  });
});

test('emerge.log has lines of Portage', async () => {
  await emerge('--buildpkg', '--oneshot', 'demo-libs/zip');
  const known = new Set(shapes(readCapture('emerge.log')));
  const lines = shapes(readFileSync(join(dir, 'log/emerge.log'), 'utf8'));
  expect(lines.filter((line) => !known.has(line))).toEqual([]);
});

test('the build log of a package has its name and lines of Portage', async () => {
  await emerge('--buildpkg', '--oneshot', '--nodeps', 'demo-app/broken');
  const [name = ''] = readdirSync(join(dir, 'log/portage'));
  expect(shapes(readCapture('log-names.txt'))).toContain(shape(name));
  const known = new Set([...shapes(readCapture('build-log-broken.log')), ...COMPILED]);
  expect(shapes(readFileSync(join(dir, 'log/portage', name), 'utf8')).filter((line) => !known.has(line))).toEqual([]);
});

test('the index has the header and the keys of Portage, in its order', async () => {
  await emerge('--buildpkg', '--oneshot', 'demo-libs/zip');
  const keys = (text: string): string[][] =>
    text
      .trim()
      .split('\n\n')
      .map((paragraph) => paragraph.split('\n').map((line) => line.slice(0, line.indexOf(':'))));
  const [header = [], ...packages] = keys(readFileSync(join(dir, 'pkgdir/Packages'), 'utf8'));
  const [realHeader = [], ...realPackages] = keys(readFileSync(join(fixtures, 'gpkg-multi/Packages'), 'utf8'));
  expect(header).toEqual(realHeader.filter((key) => header.includes(key)));
  const order = realPackages.find((each) => each.includes('RDEPEND') && each.includes('DEPEND')) ?? [];
  for (const each of packages) expect(order.filter((key) => each.includes(key))).toEqual(each.filter((key) => order.includes(key)));
  const realKeys = new Set(realPackages.flat());
  expect(packages.flat().filter((key) => !realKeys.has(key))).toEqual([]);
});
