import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readProgram } from '../../../src/core/program/package-root.ts';

const PORTAGE = `
import json, sys, types
class Installed:
    def aux_get(self, cpv, names): return ["2.2/2.40", "multiarch ssp"]
portage, dep, libc = (types.ModuleType(name) for name in ("portage", "portage.dep", "portage.dep.libc"))
portage.__path__ = dep.__path__ = []
trees = {"/": {"vartree": types.SimpleNamespace(dbapi=Installed())}}
depgraph = types.SimpleNamespace(_frozen_config=types.SimpleNamespace(_trees_orig=trees, target_root="/"))
sys.modules.update({"portage": portage, "portage.dep": dep})
`;
const ask = (...lines: readonly string[]): unknown => {
  const program = [PORTAGE, ...lines, readProgram('src/gentoo/plan/describe-graph.py'), 'print(json.dumps(libc_packages(depgraph)))'];
  const { stdout, stderr } = spawnSync('python3', ['-'], { input: program.join('\n'), encoding: 'utf8' });
  return stderr === '' ? JSON.parse(stdout) : stderr;
};

test('the C library is what Portage takes for it, as it is installed', () => {
  expect(
    ask('sys.modules["portage.dep.libc"] = libc', 'libc.find_libc_deps = lambda installed, realized: {"sys-libs/glibc-2.40-r5"}'),
  ).toEqual([{ cpv: 'sys-libs/glibc-2.40-r5', slot: '2.2', sub_slot: '2.40', use: ['multiarch', 'ssp'] }]);
});

test('a Portage that adds no C library has none', () => {
  expect(ask()).toEqual([]);
});
