import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/program/package-root.ts';

const starts = ['scripts/swarm.mjs', 'scripts/ready.mjs'];

/** Starts a file as if Node had another version. */
function startOn(version: string, file: string) {
  const disguise = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return spawnSync(process.execPath, ['--import', `data:text/javascript,${disguise}`, join(packageRoot(), file), '--version'], {
    encoding: 'utf8',
  });
}

test.each(starts.flatMap((file) => ['12.22.12', '18.20.4', '20.18.3'].map((version) => [file, version])))(
  '%s on Node %s says in one sentence which Node it needs',
  (file, version) => {
    const { status, stdout, stderr } = startOn(version, file);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `swarm needs Node 20.19 or newer; this is Node ${version}\n`,
    });
  },
);

test('the version that package.json asks for is the one that the sentence names', () => {
  const { engines } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe('>=20.19');
  expect(startOn('20.19.0', 'scripts/swarm.mjs').status).toBe(0);
});

test.each(starts)('%s has no syntax that Node 12 cannot read', (file) => {
  const code = readFileSync(join(packageRoot(), file), 'utf8');
  expect(code).not.toMatch(/\?\?|\?\.|\|\|=|&&=|^await |^\s*static \{|#[a-z]+\(/m);
});
