import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Json } from '../../../src/core/json-value.ts';
import { editYamlFile, findValueSpan, removeYamlValue, setYamlValue } from '../../../src/language/yaml/edit-yaml.ts';

const block = { reason: 'disk: being replaced # soon', until: '2026-12-01T00:00:00.000Z' };

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const comment = fc.stringMatching(/^[ -~äß→]{0,30}$/).map((text) => `# ${text}`.trimEnd());
const blank = fc.constantFrom('', '   ');
const route = fc.oneof(
  fc.ipV4().map((address) => `{ local: ${address} }`),
  fc.ipV4().map((address) => `{ tailscale:   "${address}:2222" }`),
);

/** One host as a person might write it: comments, odd blanks, either style. */
const entry = fc
  .record({
    style: fc.constantFrom('flow', 'long', 'block'),
    routes: fc.array(route, { minLength: 1, maxLength: 3 }),
    protectedToo: fc.boolean(),
    note: fc.option(comment),
    before: fc.array(fc.oneof(comment, blank), { maxLength: 2 }),
    vars: fc.option(fc.constantFrom('vars: { a: 1,  b: [x,y] }', 'vars:\n      text: |\n        one\n        two', 'cores:    14')),
    indent: fc.constantFrom('    ', '      '),
  })
  .map(({ style, routes, protectedToo, note, before, vars, indent }) => (name: string): string => {
    const head = before.map((line) => (line.startsWith('#') ? `  ${line}` : line));
    const tail = note === null ? '' : `   ${note}`;
    if (style === 'flow')
      return [...head, `  ${name}: { routes: [ ${routes.join(', ')} ]${protectedToo ? ',  protected: true' : ''} }${tail}`].join('\n');
    if (style === 'long')
      return [...head, `  ${name}: {`, `    routes: [ ${routes.join(', ')} ],${tail}`, `    protected: ${protectedToo},`, '  }'].join('\n');
    const more = vars?.replaceAll('\n      ', `\n${indent}  `);
    const lines = [...head, `  ${name}:${tail}`, `${indent}routes:`, ...routes.map((each) => `${indent}- ${each}${tail}`)];
    return [...lines, ...(protectedToo ? [`${indent}protected: true${tail}`] : []), ...(more === undefined ? [] : [indent + more])].join(
      '\n',
    );
  });

const file = fc
  .record({
    hosts: fc.uniqueArray(fc.tuple(word, entry), { minLength: 1, maxLength: 5, selector: ([name]) => name }),
    head: fc.array(fc.oneof(comment, blank), { maxLength: 3 }),
    tail: fc.constantFrom('', '\n', '\n\n# the end', '\nbinhost: { path: /var/cache/binpkgs }   # here\n'),
    pick: fc.nat(),
  })
  .map(({ hosts, head, tail, pick }) => ({
    text: [...head, 'defaults: { user: root }  # login', 'hosts:', ...hosts.map(([name, write]) => write(name))].join('\n') + tail,
    name: hosts[pick % hosts.length]?.[0] ?? '',
  }));

describe('an edit of the inventory by a command', () => {
  test('adds a block and changes no other byte of the file; taking it out again gives the file as it was', () => {
    fc.assert(
      fc.property(file, ({ text, name }) => {
        const blocked = setYamlValue(text, ['hosts', name, 'block'], block);
        const [before, after] = [parse(text) as Tree, parse(blocked) as Tree];
        expect(after).toEqual({ ...before, hosts: { ...before.hosts, [name]: { ...before.hosts[name], block } } });
        const added = [...rest(blocked, text)].join('');
        expect(added.trim().replace(/^, |,$/g, '')).toBe(`block: { reason: "${block.reason}", until: ${block.until} }`);
        expect(removeYamlValue(blocked, ['hosts', name, 'block']).replace(/\n$/, '')).toBe(text.replace(/\n$/, ''));
      }),
      { numRuns: 400 },
    );
  });

  test('replaces a block that a person wrote over several lines, and keeps what stands around it', () => {
    const text =
      'hosts:\n  d1:\n    block:   # mine\n      reason: old\n      until: 2026-01-01\n    # routes\n    routes: [ { local: 10.0.0.1 } ]\n';
    const next = setYamlValue(text, ['hosts', 'd1', 'block'], { reason: 'new', until: '2026-02-02' });
    expect(parse(next)).toEqual({ hosts: { d1: { block: { reason: 'new', until: '2026-02-02' }, routes: [{ local: '10.0.0.1' }] } } });
    expect(next).toContain('    # routes\n    routes: [ { local: 10.0.0.1 } ]\n');
  });

  test('adds a host to a list, to an empty one, and where there is none yet', () => {
    const entry: Json = { groups: ['drones'], routes: [{ local: '10.0.0.9' }] };
    for (const text of [
      'hosts:\n  # first\n  d1: { routes: [] }\n',
      'hosts: {}\n',
      'hosts:\n',
      '# nothing yet\ngroups: { drones: {} }\n',
      '',
    ]) {
      const next = setYamlValue(text, ['hosts', 'd9'], entry);
      expect((parse(next) as Tree).hosts['d9']).toEqual(entry);
      for (const line of text.split('\n').filter((each) => each.includes('#'))) expect(next).toContain(line);
    }
  });

  test.each([
    ['hosts: {}\ngroups: {}\n', 'hosts:\n  d9: { cores: 2 }\ngroups: {}\n'],
    ['hosts: {} # none yet\n#  d1:\n', 'hosts: # none yet\n  d9: { cores: 2 }\n#  d1:\n'],
    ['hosts: {}', 'hosts:\n  d9: { cores: 2 }\n'],
    ['hosts: {}\r\n', 'hosts:\r\n  d9: { cores: 2 }\r\n'],
    ['{ hosts: {} }\n', '{ hosts: { d9: { cores: 2 } } }\n'],
  ])('the first host gets a line of its own: %j', (text, expected) => {
    expect(setYamlValue(text, ['hosts', 'd9'], { cores: 2 })).toBe(expected);
  });

  test('keeps Windows line ends', () => {
    expect(setYamlValue('hosts:\r\n  d1:\r\n    cores: 3\r\n', ['hosts', 'd1', 'protected'], true)).toBe(
      'hosts:\r\n  d1:\r\n    cores: 3\r\n    protected: true\r\n',
    );
  });

  test('is refused for a host that is written as an alias, and the file stays', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'swarm-edit-')), 'swarm.yml');
    const text = 'hosts:\n  d1: &one { routes: [ { local: 10.0.0.1 } ] }\n  d2: *one\n';
    writeFileSync(path, text);
    await expect(editYamlFile(path, ['hosts', 'd2', 'block'], block)).rejects.toMatchObject({ code: 'SW1306' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

test('the place of a route is told by line and column', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'swarm-edit-')), 'swarm.yml');
  writeFileSync(path, 'hosts:\n  d1:\n    routes:\n      - { local: 10.0.0.1 }\n      - { local: 10.0.0.2 }\n');
  expect(findValueSpan(path, ['hosts', 'd1', 'routes', 1])).toMatchObject({ line: 5, column: 9, text: '      - { local: 10.0.0.2 }' });
  expect(findValueSpan(path, ['hosts', 'd2'])).toBeUndefined();
});

interface Tree {
  readonly hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the longer text has in one piece that the shorter one lacks. */
function rest(longer: string, shorter: string): string {
  let from = 0;
  while (from < shorter.length && longer[from] === shorter[from]) from++;
  let back = 0;
  while (back < shorter.length - from && longer[longer.length - 1 - back] === shorter[shorter.length - 1 - back]) back++;
  expect(longer.slice(0, from) + longer.slice(longer.length - back)).toBe(shorter);
  return longer.slice(from, longer.length - back);
}
