import { expect, test } from 'vitest';
import { readYaml } from '../../../src/language/yaml/read-yaml.ts';

test.each([
  ['until: !x.failed || y', 'If the ! means not, put the value in quotes: until: "!x.failed || y". Else remove the tag.'],
  ['- when: !check_mode', 'If the ! means not, put the value in quotes: - when: "!check_mode". Else remove the tag.'],
  [`when:\n  - !has(x) && y == "a"`, `If the ! means not, put the value in quotes: - '!has(x) && y == "a"'. Else remove the tag.`],
  ['p: !vault abc', 'Remove the tag.'],
  ['p: !!binary abc', 'Remove the tag.'],
])('%s', (text, hint) => {
  expect(readYaml(text, 'a.yml').problems).toMatchObject([{ code: 'SW1006', hint }]);
});
