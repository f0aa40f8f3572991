import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readProgram } from '../../../src/core/program/package-root.ts';

const PORTAGE = `
import json, os, sys, types
class Installed:
    def match(self, atom): return CPVS if atom == "sys-devel/gcc" else []
trees = {"/": {"vartree": types.SimpleNamespace(dbapi=Installed())}}
portage, versions = types.ModuleType("portage"), types.ModuleType("portage.versions")
versions.cpv_getversion = lambda cpv: cpv.rsplit("/gcc-")[-1]
sys.modules.update({"portage": portage, "portage.versions": versions})
`;
const ask = (cpvs: readonly string[], libc: string): unknown => {
  const functions = readProgram('src/builds/client/client-toolchain.py');
  const lines = [
    `CPVS = ${JSON.stringify(cpvs)}`,
    `os.confstr = lambda name: ${JSON.stringify(libc)}`,
    'print(json.dumps(toolchain_of(trees)))',
  ];
  const { stdout, stderr } = spawnSync('python3', ['-'], { input: [PORTAGE, functions, ...lines].join('\n'), encoding: 'utf8' });
  return stderr === '' ? JSON.parse(stdout) : stderr;
};

test('the newest gcc of a client counts by its number, and its glibc', () => {
  expect(ask(['sys-devel/gcc-9.5.0', 'sys-devel/gcc-14.2.1_p20241221'], 'glibc 2.41')).toEqual({ glibc: '2.41', gcc: '14' });
});

test('a client without both has none', () => {
  expect(ask([], '')).toEqual({});
});
