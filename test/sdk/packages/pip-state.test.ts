import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readProgram } from '../../../src/core/program/package-root.ts';
import { makeFolder } from '../../setup/project-folder.ts';

/** Packages as pip leaves them: a folder with METADATA, and where they came from. */
const installed = (name: string, version: string, url?: string): Readonly<Record<string, string>> => ({
  [`site/${name}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  ...(url === undefined ? {} : { [`site/${name}-${version}.dist-info/direct_url.json`]: JSON.stringify({ url }) }),
});

function run(names: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const dir = makeFolder({
    ...installed('swarm_test.One', '1.4.2'),
    ...installed('swarm-test-git', '0.1', 'https://example.org/a.git'),
    ...files,
  });
  const input = JSON.stringify({ names, file: 'r.txt' in files ? join(dir, 'r.txt') : null });
  const env = { PATH: process.env['PATH'], PYTHONPATH: join(dir, 'site') };
  const { stdout, stderr } = spawnSync('python3', ['-c', readProgram('src/sdk/packages/pip-state.py')], {
    cwd: dir,
    env,
    input,
    encoding: 'utf8',
  });
  return stdout === '' ? stderr.trim() : (JSON.parse(stdout) as { missing: string[]; installed: string[] });
}

test('pip: names count however they are written, versions as pip compares them, markers of this Python', () => {
  const there = ['Swarm-Test_ONE', 'swarm.test.one[extra]>=1.4,<2', 'swarm_test_one==1.4.*', 'swarm-none; python_version < "3"'];
  const missing = ['swarm-none', 'swarm_test_one==1.4', 'swarm_test_one>=1.10'];
  expect(run([...there, ...missing])).toEqual({ missing: missing.toSorted(), installed: ['swarm-test-one'] });
});

test('pip: a repository or a folder counts where the package came from there', () => {
  const there = ['git+https://example.org/a.git@v1#egg=x', 'swarm-test-git @ git+https://example.org/a.git'];
  expect(run([...there, 'git+https://example.org/b.git', './folder'])).toMatchObject({
    missing: ['./folder', 'git+https://example.org/b.git'],
  });
});

test('pip: a file of requirements: comments, further files, options, hashes', () => {
  const lines = ['# x', 'swarm_test_one==1.4.2 \\', '  --hash=sha256:00 # y', '-r more.txt', '--index-url https://example.org', '-e ./own'];
  expect(run([], { 'r.txt': `${lines.join('\n')}\n`, 'more.txt': 'swarm-none>2 ; python_version >= "3"\n-r r.txt\n' })).toEqual({
    missing: ['./own', 'swarm-none>2 ; python_version >= "3"'],
    installed: ['swarm-test-one'],
  });
  expect(run([], { 'r.txt': '-r none.txt\n' })).toMatch(/r\.txt cannot be read: No such file/);
});

test('a version that is none to pip, and a broken record of where a package came from, break nothing', () => {
  const files = { ...installed('swarm-old', '1.14.0-unknown'), 'site/swarm_test.One-1.4.2.dist-info/direct_url.json': '{"url": 5}' };
  expect(run(['swarm-old', 'swarm-old>=1', 'swarm_test_one'], files)).toEqual({
    missing: ['swarm-old>=1'],
    installed: ['swarm-old', 'swarm-test-one'],
  });
  expect(run(['swarm_test_one'], { 'site/swarm_test.One-1.4.2.dist-info/direct_url.json': '[]' })).toMatchObject({ missing: [] });
});

test('requirements that are not a file do not keep it waiting', () => {
  expect(run([], { 'r.txt': '-r /dev/zero\n' })).toBe('/dev/zero is not a file');
});
