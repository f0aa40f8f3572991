import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = resolve(import.meta.dirname, '../../src/builds/compare-dependencies.py');
const INDEX = 'PACKAGES: 1\n\nCPV: dev-libs/icu-75.1\nBUILD_TIME: 200\nSLOT: 0/75\n\n';

/** As much of Portage as the program asks: what is installed, by cpv. */
const PORTAGE = `
import json, os
class Versions:
    cpv_getkey = staticmethod(lambda cpv: cpv.rsplit("-", 1)[0])
class Installed:
    packages = json.loads(os.environ["INSTALLED"])
    def match(self, atom):
        name, _, slot = str(atom).partition(":")
        return [c for c, v in self.packages.items() if Versions.cpv_getkey(c) == name and slot in ("", v["SLOT"].split("/")[0])]
    def aux_get(self, cpv, keys):
        return [self.packages[cpv].get(key, "") for key in keys]
    def cpv_all(self):
        return list(self.packages)
class Ebuilds:
    def aux_get(self, cpv, keys):
        return [os.environ.get("BLOCKS", "") if key == "RDEPEND" else "" for key in keys]
class Tree:
    def __init__(self, dbapi):
        self.dbapi = dbapi
root, versions = "/", Versions
db = {"/": {"vartree": Tree(Installed()), "porttree": Tree(Ebuilds())}}
`;
const DEP = `
class Atom(str):
    blocker = property(lambda self: self.startswith("!"))
    without_use = property(lambda self: self)
def use_reduce(text, uselist=(), flat=True, token_class=str, eapi=None):
    return [token_class(word) for word in text.split()]
def match_from_list(atom, cpvs):
    return [c for c in cpvs if c.rsplit("-", 1)[0] == atom]
`;

let dir: string;
let server: Server;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-compare-'));
  mkdirSync(join(dir, 'portage'));
  writeFileSync(join(dir, 'portage/__init__.py'), `${PORTAGE}\nfrom . import dep\n`);
  writeFileSync(join(dir, 'portage/dep.py'), DEP);
  server = createServer((_, response) => response.end(INDEX)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

type Installed = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is to be done on a drone with this installed, and how the comparison ends. */
async function compare(installed: Installed, planned: readonly (readonly string[])[], blocks = '') {
  const binhost = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { PATH: process.env['PATH'], PYTHONPATH: dir, INSTALLED: JSON.stringify(installed), BLOCKS: blocks };
  const child = spawn('python3', [program, binhost, JSON.stringify(planned)], { env });
  const [out, said, [exit]] = await Promise.all([buffer(child.stdout), buffer(child.stderr), once(child, 'close')]);
  return { exit, todo: out.toString().trim(), said: said.toString().trim() };
}

const ICU = ['dev-libs/icu-75.1', '0', '75', 'binary'];
const icu74 = { 'dev-libs/icu-74.1': { SLOT: '0/74', BUILD_TIME: '100' } };
const icu75 = { 'dev-libs/icu-75.1': { SLOT: '0/75', BUILD_TIME: '200' } };

test.each([
  ['what is installed as planned stays', icu75, ICU, ''],
  ['an older version that an earlier build left is replaced', icu74, ICU, 'replace =dev-libs/icu-74.1\nbinary =dev-libs/icu-75.1'],
  [
    'another build of the same version is replaced',
    { 'dev-libs/icu-75.1': { SLOT: '0/75', BUILD_TIME: '150' } },
    ICU,
    'replace =dev-libs/icu-75.1\nbinary =dev-libs/icu-75.1',
  ],
  ['what is missing is installed', {}, ICU, 'binary =dev-libs/icu-75.1'],
  [
    'another version is replaced, though it was built in the same second',
    { 'dev-libs/icu-74.1': { SLOT: '0/74', BUILD_TIME: '200' } },
    ICU,
    'replace =dev-libs/icu-74.1\nbinary =dev-libs/icu-75.1',
  ],
  ['what the binhost may not have is compiled', {}, ['a/own-1', '0', '0', 'source'], 'source =a/own-1'],
  [
    'so it is where another version is installed',
    { 'a/own-2': { SLOT: '0' } },
    ['a/own-1', '0', '0', 'source'],
    'replace =a/own-2\nsource =a/own-1',
  ],
])('%s', async (_, installed, planned, todo) => {
  expect(await compare(installed, [planned])).toEqual({ exit: 0, todo, said: '' });
});

test('what blocks a planned package and is not planned is removed first', async () => {
  const { todo } = await compare({ 'dev-libs/old-1': { SLOT: '0' } }, [ICU], '!dev-libs/old');
  expect(todo).toBe('remove =dev-libs/old-1\nbinary =dev-libs/icu-75.1');
});

test.each([
  ['another sub-slot in the base system', { 'sys-libs/z-2': { SLOT: '0/2' } }, ['sys-libs/z-1', '0', '1', 'base'], 'has the sub-slot 0/2'],
  ['a base system without it', {}, ['sys-libs/z-1', '0', '1', 'base'], 'is not installed'],
  ['a binhost without it', {}, ['dev-libs/gone-1', '0', '0', 'binary'], 'the binhost has no binary of dev-libs/gone-1'],
])('%s ends the build', async (_, installed, planned, why) => {
  expect(await compare(installed as Installed, [planned])).toMatchObject({ exit: 76, todo: '', said: expect.stringContaining(why) });
});
