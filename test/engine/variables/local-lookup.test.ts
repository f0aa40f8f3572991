import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maskText } from '../../../src/core/mask.ts';
import type { RunPaths } from '../../../src/core/module.ts';
import { lookupFor } from '../../../src/engine/variables/local-lookup.ts';
import { FunctionFault } from '../../../src/language/functions/language-function.ts';
import { withAccess } from '../../../src/language/functions/lookup-access.ts';
import { renderTemplates } from '../../../src/language/template/template.ts';
import { createFleet } from '../fleet.ts';

const AT = { file: 'p.yml', line: 1, column: 1, length: 1, text: '' };
let dir = '';
const searched = process.env['PATH'];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-lookup-'));
  mkdirSync(join(dir, 'files'));
  writeFileSync(join(dir, 'files', 'motd'), 'hello\n\n');
  mkdirSync(join(dir, 'templates'));
  writeFileSync(join(dir, 'templates', 'a.hbs'), 'port {{ port }}\n');
  writeFileSync(join(dir, 'templates', 'self.hbs'), '{{ lookup "template" "self.hbs" }}');
  writeFileSync(join(dir, 'pass'), '#!/bin/sh\necho "correct horse of $2"\necho "user: me"\n', { mode: 0o755 });
  writeFileSync(join(dir, 'count'), '#!/bin/sh\necho x >> count.log\nwc -l < count.log\n', { mode: 0o755 });
  process.env['PATH'] = `${dir}:${searched}`;
  process.env['SWARM_LOOKUP'] = 'one';
});
afterAll(() => {
  process.env['PATH'] = searched;
  rmSync(dir, { recursive: true });
});

const lookUp = (kind: string, ...words: string[]) =>
  lookupFor({ project: dir, files: [join(dir, 'files'), dir], templates: [join(dir, 'templates')] } as unknown as RunPaths)(kind, words);
const faultOf = (kind: string, ...words: string[]): string => {
  try {
    return JSON.stringify(lookUp(kind, ...words));
  } catch (thrown) {
    if (thrown instanceof FunctionFault) return thrown.message;
    throw thrown;
  }
};

test('a file, a variable of the environment and the output of a program, without white space at the end', () => {
  expect([lookUp('file', 'motd'), lookUp('file', join(dir, 'files', 'motd')), lookUp('cmd', 'printf', '%s\n', "it's; ls")]).toEqual([
    'hello',
    'hello',
    "it's; ls",
  ]);
  expect(lookUp('env', 'PATH')).toBe(process.env['PATH']);
});

test('an entry of the password store is its first line, and hidden from then on', () => {
  expect(lookUp('pass', 'web/db')).toBe('correct horse of web/db');
  expect(maskText('it is correct horse of web/db')).toBe('it is ••••');
});

test('a program runs once in a run', () => {
  const inRun = lookupFor({ project: dir, files: [] } as unknown as RunPaths);
  expect([inRun('cmd', ['count']), inRun('cmd', ['count'])]).toEqual(['1', '1']);
  expect(readFileSync(join(dir, 'count.log'), 'utf8')).toBe('x\n');
});

test.each([
  [['env', 'SWARM_NOT_SET'], 'found no variable SWARM_NOT_SET in the environment'],
  [['file', '/nowhere/x'], 'found no file /nowhere/x'],
  [
    ['cmd', 'swarm-no-such-program'],
    'ran swarm-no-such-program on this machine, which does not exist on this machine, or the program in its first line does not',
  ],
  [['cmd', 'echo', 'a\0b'], 'takes no text with a NUL in it'],
  [['file', 'a\0b'], 'takes no text with a NUL in it'],
  [['cmd', 'sh', '-c', 'echo no >&2; exit 3'], 'ran sh on this machine, which ended with 3: no'],
  [['pass', '--help'], 'takes the name of an entry, not --help'],
  [['env'], 'takes a name after env'],
  [['file', 'a', 'b'], 'takes one name after file'],
])('%j: %s', ([kind = '', ...words], message) => {
  expect(faultOf(kind, ...words)).toBe(message);
});

test('expressions and templates of a run look things up', async () => {
  const { finished, state } = await createFleet('a').run(`plays:
  - hosts: all
    tasks:
      - say: '{{ lookup "env" "SWARM_LOOKUP" }}'
        name: first
      - say: x
        name: second
        when: lookup("env", "SWARM_LOOKUP") == "one"
      - say: x
        name: third
        when: lookup("env", "SWARM_LOOKUP") == "two"
`);
  expect(state.errors ?? []).toEqual([]);
  expect(finished).toEqual(['a first ok', 'a second ok', 'a third skipped']);
});

test('files by a pattern: sorted, of the first folder that has any, without hidden ones and folders', () => {
  const role = join(dir, 'roles', 'web');
  for (const folder of ['files/conf/sub.conf', 'roles/web/files/conf', 'roles/web/templates'])
    mkdirSync(join(dir, folder), { recursive: true });
  const write = (...names: string[]): void => {
    for (const name of names) writeFileSync(join(dir, name), name);
  };
  write('files/conf/b.conf', 'files/conf/a.conf', 'files/conf/.c.conf', 'files/conf/d.txt');
  write('files/conf/e+(1).txt', 'roles/web/files/conf/r.conf', 'roles/web/templates/t.hbs', 'roles/web/files/motd');
  const paths = { project: dir, files: [join(dir, 'files'), dir], templates: [join(dir, 'templates')] } as unknown as RunPaths;
  const list = (of: typeof lookUp, ...patterns: string[]) =>
    (of('fileglob', ...patterns) as readonly string[]).map((file) => file.slice(dir.length + 1));
  expect(list(lookUp, 'conf/*.conf')).toEqual(['files/conf/a.conf', 'files/conf/b.conf']);
  expect(list(lookUp, 'conf/?.txt', 'none/*', 'conf/*+(1).txt', 'conf/[!a].conf')).toEqual(
    ['d.txt', 'e+(1).txt', 'b.conf'].map((name) => `files/conf/${name}`),
  );
  expect(list(lookUp, join(dir, 'files/conf/.*'))).toEqual(['files/conf/.c.conf']);
  const inRole = lookupFor(paths, { name: 'web', path: role });
  const ofRole = (kind: string, ...words: string[]) => inRole(kind, words);
  expect(list(ofRole, 'conf/*.conf', 'templates/*.hbs', 'conf/*.txt')).toEqual([
    ...['roles/web/files/conf/r.conf', 'roles/web/templates/t.hbs'],
    ...['files/conf/d.txt', 'files/conf/e+(1).txt'],
  ]);
  expect([inRole('file', ['motd']), lookUp('file', 'motd')]).toEqual(['roles/web/files/motd', 'hello']);
  expect(faultOf('fileglob', 'con*/a.conf')).toContain('in the last part of a path only');
  expect(faultOf('fileglob', '[z-a].conf')).toContain('takes a pattern such as *.conf');
});

test('fileglob leaves out no name in silence, and a pattern of many stars ends at once', () => {
  const folder = join(dir, 'odd');
  mkdirSync(folder);
  writeFileSync(join(folder, 'two\nlines.conf'), '');
  writeFileSync(join(folder, 'a'.repeat(200)), '');
  expect(lookUp('fileglob', `${folder}/*.conf`)).toEqual([join(folder, 'two\nlines.conf')]);
  expect(lookUp('fileglob', `${folder}/${'*a'.repeat(12)}*b`)).toEqual([]);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/x`), Buffer.from([0xff]), Buffer.from('.conf')]), '');
  const inNewRun = lookupFor({ project: dir, files: [dir] } as unknown as RunPaths);
  expect(() => inNewRun('fileglob', ['odd/*.conf'])).toThrow('cannot take a file whose name is not UTF-8');
});

test('a template is filled in with the variables of the task, each time anew', () => {
  const paths = { project: dir, files: [], templates: [join(dir, 'templates')] } as unknown as RunPaths;
  const ask = (port: number): unknown => {
    const scope = withAccess({ port }, lookupFor(paths));
    return renderTemplates('{{ lookup "template" "a.hbs" }}', scope, { at: AT });
  };
  expect([ask(1), ask(2)]).toEqual(['port 1\n', 'port 2\n']);
});

test('a template that fills in itself is an error', () => {
  const paths = { project: dir, files: [], templates: [join(dir, 'templates')] } as unknown as RunPaths;
  const scope = withAccess({}, lookupFor(paths));
  expect(() => renderTemplates('{{ lookup "template" "self.hbs" }}', scope, { at: AT })).toThrow('which is being filled in already');
});
