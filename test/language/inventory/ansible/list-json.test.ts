import { expect, test } from 'vitest';
import type { SwarmError } from '../../../../src/core/error/swarm-error.ts';
import { readListPart } from '../../../../src/language/inventory/ansible/open-inventory.ts';

const names = Array.from({ length: 5000 }, (_, index) => `web${index}`);
const large = {
  _meta: { hostvars: Object.fromEntries(names.map((name) => [name, { size: 1, note: `a "quoted" \\ note ${'y'.repeat(300)}` }])) },
  web: { hosts: names },
};

function read(text: string): { readonly hosts: number; readonly problems: readonly string[] } {
  const problems: SwarmError[] = [];
  const part = readListPart(text, 'inv', problems);
  return { hosts: Object.keys(part?.value.hosts ?? {}).length, problems: problems.map(({ message }) => message) };
}

test('a program may print more JSON than a file may have', () => {
  expect(read(JSON.stringify(large, null, 1))).toEqual({ hosts: 5000, problems: [] });
});

test.each([
  ['a comma too much', (text: string) => text.replace('"size": 1,', '"size": 1,,'), 'it is not JSON in line 5, column 15'],
  ['an end too early', (text: string) => text.slice(0, -2), /^(the JSON ends too early|it is not JSON in line 25009, column \d+)$/],
  [
    'a number that JavaScript would change',
    (text: string) => text.replace('"size": 1,', '"size": 12345678901234567890,'),
    'the number 12345678901234567890 in line 5, column 13 cannot be kept, but a text would be',
  ],
  [
    'a number that no computer has',
    (text: string) => text.replace('"size": 1,', '"size": 1e999,'),
    'the number 1e999 in line 5, column 13 cannot be kept, but a text would be',
  ],
  ['NaN', (text: string) => text.replace('"size": 1,', '"size": NaN,'), /^it is not JSON(:.*'N'.*| in line 5, column 13)$/],
  [
    'too deep',
    (text: string) => text.replace('"size": 1,', `"size": ${'['.repeat(300)}${']'.repeat(300)},`),
    /^it nests deeper than \d+ levels in line 5, column \d+$/,
  ],
  [
    'a key that appears twice',
    (text: string) => text.replace('"web0": {', '"web\\u0031": {'),
    'the key `web1` appears twice, in line 4, column 4 and in line 8, column 4',
  ],
  ['a key that no mapping may have', (text: string) => text.replace('"size": 1,', '"\\u005f_proto__": 1,'), '`__proto__` cannot be a key'],
])('%s is named with its place', (_, damage, fault) => {
  const { problems } = read(damage(JSON.stringify(large, null, 1)));
  const [told = ''] = problems.map((problem) => problem.replace('what inv --list prints cannot be read: ', ''));
  expect(told).toMatch(typeof fault === 'string' ? new RegExp(`^${fault}$`) : fault);
});

test('a small text with a key that appears twice is named with its places too, and equal texts that are no keys are none', () => {
  expect(read('{"web": {"hosts": ["a"]},\n "web": {"hosts": ["b"]}}').problems).toEqual([
    'what inv --list prints cannot be read: the key `web` appears twice, in line 1, column 2 and in line 2, column 2',
  ]);
  expect(read('{"a": {"hosts": ["x", "y"]}, "b": {"hosts": ["x"], "vars": {"hosts": "hosts"}}}')).toEqual({ hosts: 2, problems: [] });
});

test('a byte order mark before the JSON is no fault, however large it is', () => {
  expect(read(`\ufeff${JSON.stringify(large)}`)).toEqual({ hosts: 5000, problems: [] });
});
