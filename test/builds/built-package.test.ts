import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { findBuiltPackage } from '../../src/builds/built-package.ts';
import type { Command, Remote } from '../../src/index.ts';

const SHA = 'a'.repeat(64);
const SOUND = ['rig-libs/base-1.0-r1 1 9999999999 rig-libs/base-1.gpkg.tar', '/pkgdir', '5', SHA];

const find = (lines: readonly string[]) => {
  const exec = async ({ timeoutMs }: Command) => {
    expect(timeoutMs, 'a disk that hangs ends the attempt').toBeGreaterThan(0);
    return { exit: 0, stdout: `${lines.join('\n')}\n`, stderr: '', ms: 1 };
  };
  const remote = { exec, host: { name: 'd1' }, paths: { staging: tmpdir() } } as unknown as Remote;
  const header = { started: 1, port: 1, packages: '/pkgdir' };
  return findBuiltPackage(remote, { cpv: 'rig-libs/base-1.0-r1', name: 'rig-libs/base' }, header);
};

test('what a host says of its package is read', async () => {
  expect(await find(SOUND)).toEqual({
    ...{ cpv: 'rig-libs/base-1.0-r1', path: '/pkgdir/rig-libs/base-1.gpkg.tar', size: 5, sha256: SHA },
    ...{ buildId: 1, buildTime: 9999999999, host: 'd1' },
  });
});

test.each([
  [0, 'no-package 1 9999999999 x'],
  [0, 'rig-libs/../../x-1 1 9999999999 x'],
  [0, 'rig-libs/base-1.0-r1 one 9999999999 x'],
  [0, 'rig-libs/base-1.0-r1 -1 9999999999 x'],
  [0, 'rig-libs/base-1.0-r1 1 soon x'],
  [0, 'rig-libs/base-1.0-r1 1 9999999999 ../../etc/shadow'],
  [0, 'rig-libs/base-1.0-r1 1 9999999999 a\u001b[2Jb'],
  [1, 'pkgdir'],
  [2, '-5'],
  [2, '1e99'],
  [3, `${SHA}0`],
])('a host that says what no package has is at fault, and not the plan: line %i is %j', async (line, text) => {
  const lines = SOUND.map((each, index) => (index === line ? text : each));
  await expect(find(lines)).rejects.toMatchObject({ code: 'SW6012', message: expect.stringContaining('d1 reports rig-libs/base-1.0-r1') });
});
