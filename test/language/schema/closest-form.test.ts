import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkSchema } from '../../../src/language/schema/check-schema.ts';
import { readYaml } from '../../../src/language/yaml/read-yaml.ts';

const within = z.string().optional();
const entry = z.union([
  z.strictObject({ command: z.tuple([z.string()], z.string()), within }),
  z.strictObject({ port: z.int().max(65_535), within }),
  z.strictObject({ http: z.string(), within }),
]);
const schema = z.strictObject({ checks: z.array(z.union([z.string().regex(/^[a-z]+$/, 'must be a name'), entry])) });

test.each([
  ['{ prt: 80 }', ['unknown key `prt` | Did you mean `port`?']],
  ['{ port: 80, http: "http://a" }', ['`http` does not go with `port` | Remove one of them, or write two entries.']],
  ['{ port: 99999 }', ['`port` takes at most 65535']],
  ['{ command: make }', ['`command` takes a list | Write: [make]']],
  ['{ within: 3s }', ['`command` is missing | Add command: with a list.']],
  ['A', ['an entry of `checks` must be a name']],
  ['7', ['an entry of `checks` takes a text or a mapping']],
])('of a value with several forms the closest one is told: %s', (text, expected) => {
  const source = readYaml(`checks: [ ${text} ]`, 'a.yml').source;
  const codes = { wrong: 'SW1103', missing: 'SW1101', unknown: 'SW1104' } as const;
  const { problems } = checkSchema(schema, source.value, { source, path: [], codes });
  expect(problems.map(({ message, hint }) => (hint === undefined ? message : `${message} | ${hint}`))).toEqual(expected);
});
