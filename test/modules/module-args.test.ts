import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { moduleSource } from '../../src/engine/module-source.ts';

const modules = moduleSource();

test.each(modules.names)('%s checks arguments that are templates or wrong without an error of its own', async (name) => {
  const module = await modules.load(name);
  if (module === undefined) throw new Error(`no module ${name}`);
  const example = (parse(module.example) as Readonly<Record<string, unknown>>)[name];
  const given = typeof example === 'object' && example !== null ? (example as Readonly<Record<string, unknown>>) : {};
  for (const key of Object.keys(given))
    for (const value of ['{{ x }}', 'word', ['{{ x }}'], 7, null, {}])
      expect(() => module.args.safeParse({ ...given, [key]: value })).not.toThrow();
});

test.each([
  ['adm, sudo', ['adm', 'sudo']],
  ['', []],
  [['adm'], ['adm']],
  ['adm,,sudo', undefined],
  ['-x', undefined],
])('the groups of a user may be a text with commas: %j', async (groups, expected) => {
  const user = await modules.load('user');
  expect((user?.args.safeParse({ name: 'a', groups }).data as { groups?: unknown } | undefined)?.groups).toEqual(expected);
});

test.each([
  ['slurp', { src: 'a' }, 'must be an absolute path'],
  ['slurp', { src: '/a\nb' }, 'must be one line'],
  ['copy', { dest: '/a\nb', content: '' }, 'must be one line'],
  ['file', { path: '/a\nb' }, 'must be one line'],
  ['file', { path: 'a' }, 'must be an absolute path'],
  ['file', { path: '/' }, 'must be another path than /'],
  ['stat', { path: '/a\nb' }, 'must be one line'],
  ['template', { src: 'a.hbs', dest: '/a\nb' }, 'must be one line'],
  ['user', { name: 'ann', comment: 'a\tb' }, 'must be one line without :'],
  ['tempfile', { prefix: 'a\nb' }, 'must be one line without /'],
])('%s says of %j what is wrong', async (name, args, message) => {
  const module = await modules.load(name);
  expect(module?.args.safeParse(args).error?.issues.map(({ message }: { readonly message: string }) => message)).toEqual([message]);
});
