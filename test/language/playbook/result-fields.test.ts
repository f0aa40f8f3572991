import { expect, test } from 'vitest';
import { z } from 'zod';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { type AnyModule, defineModule } from '../../../src/core/module.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { resultShape } from '../../../src/language/playbook/result-fields.ts';
import { fleet } from '../fleet.ts';

// biome-ignore lint/correctness/useYield: these are read, never run
async function* run(): AsyncGenerator<never, never, void> {
  throw new Error('not run');
}
const made = (returns: z.ZodType | undefined): AnyModule =>
  defineModule({ summary: '', args: z.looseObject({}), example: '', ...(returns === undefined ? {} : { returns }), run });
const stat = z.strictObject({ exists: z.boolean(), mode: z.string().exactOptional() });
const modules: Readonly<Record<string, AnyModule>> = {
  stat: made(z.strictObject({ stat })),
  motd: made(z.union([z.strictObject({ path: z.string(), lines: z.int() }), z.strictObject({ files: z.array(stat) })])),
  fail: made(z.undefined()),
  loose: made(z.looseObject({ a: z.string() })),
  plain: made(z.object({ a: z.string() })),
  text: made(z.string()),
  none: made(undefined),
  debug: made(z.strictObject({ msg: z.json() })),
};
const source = { names: Object.keys(modules), load: async (name: string) => modules[name] };

/** The messages and hints of a play with these tasks. */
async function check(tasks: string): Promise<readonly string[]> {
  const text = `- hosts: all\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  try {
    await parsePlaybook('site.yml', text, source, fleet());
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.problems.map(({ code, message, hint, at }) => `${at?.line}:${at?.column} ${code} ${message}. ${hint}`);
  }
}

test('a field that the module does not return is an error in a template, with the place and the nearest name', async () => {
  expect(await check('- { motd: {}, register: m }\n- debug: { msg: "{{ m.pth }}" }')).toEqual([
    '4:25 SW1108 `m` has no field `pth`. Did you mean `path`?',
  ]);
});

test('a field in a field is checked, in when: and in lists too', async () => {
  expect(await check('- { stat: {}, register: s }\n- { debug: { msg: x }, when: s.stat.exist }')).toEqual([
    '4:34 SW1108 `s.stat` has no field `exist`. Did you mean `exists`?',
  ]);
  expect(await check('- { motd: {}, register: m }\n- debug: { msg: "{{ m.files.0.mod }}" }')).toEqual([
    '4:25 SW1108 `m.files.0` has no field `mod`. Did you mean `mode`?',
  ]);
});

test.each([
  ['the fields of any variant', 'm.path', 'm.lines', 'm.files'],
  ['the fields that swarm adds', 'm.changed', 'm.failed', 'm.skipped', 'm.msg', 'm.error.code'],
  ['a text behind a field', 'm.path.startsWith("/")', 'm.files.size()'],
  ['what may be missing', 'has(m.pth)', 'default(m.pth, 1)', 'defined(m.pth)', 'm.?pth.orValue(1)', 'defined(m.pth) && m.pth > 1'],
  ['a variable of an inner scope', '[{"pth": 1}].map(m, m.pth)'],
])('%s: no error', async (_, ...uses) => {
  for (const use of uses) expect(await check(`- { motd: {}, register: m }\n- { debug: {}, loop: '[${use}]' }`), use).toEqual([]);
});

test('the result of a loop has results, each with the loop variable, and no field of its own', async () => {
  const loop = '- { motd: {}, loop: [1], loop_control: { loop_var: nr }, register: m }\n';
  expect(await check(`${loop}- debug: { msg: "{{ m.results.0.path }} {{ m.results.0.nr }} {{ m.changed }}" }`)).toEqual([]);
  expect(await check(`${loop}- debug: { msg: "{{ m.path }}" }`)).toEqual([
    expect.stringContaining('`m` has no field `path`. Use one of: changed, failed, skipped, msg, error, results'),
  ]);
  expect(await check(`${loop}- debug: { msg: "{{ m.results.0.pth }}" }`)).toEqual([expect.stringContaining('`m.results.0` has no field')]);
});

test('a name that two modules register has the fields of both; one without a description makes it open', async () => {
  const both = '- { motd: {}, register: m }\n- block:\n    - { stat: {}, register: m }\n';
  expect(await check(`${both}- debug: { msg: "{{ m.path }} {{ m.stat.exists }}" }`)).toEqual([]);
  expect(await check(`${both}- debug: { msg: "{{ m.nosuch }}" }`)).toHaveLength(1);
  expect(await check(`${both}- { none: {}, register: m }\n- debug: { msg: "{{ m.nosuch }}" }`)).toEqual([]);
});

test.each(['loose', 'plain', 'text', 'none'])('a module that returns %s is not checked', async (name) => {
  expect(await check(`- { ${name}: {}, register: m }\n- debug: { msg: "{{ m.nosuch }}" }`)).toEqual([]);
});

test('a module that returns nothing has only the fields that swarm adds', async () => {
  expect(await check('- { fail: {}, register: f, ignore_errors: true }\n- debug: { msg: "{{ f.msg }}" }')).toEqual([]);
  expect(await check('- { fail: {}, register: f, ignore_errors: true }\n- debug: { msg: "{{ f.stdout }}" }')).toHaveLength(1);
});

test('`result` in until, failed_when and changed_when has the fields of its own module', async () => {
  expect(await check('- { motd: {}, until: "result.lines > 1", failed_when: "result.lines == 0" }')).toEqual([]);
  for (const key of ['until', 'failed_when', 'changed_when'])
    expect(await check(`- { motd: {}, ${key}: "result.line > 1" }`), key).toEqual([expect.stringContaining('Did you mean `lines`?')]);
});

test('a variable with the name of a registered result is not checked', async () => {
  expect(await check('- { motd: {}, register: m }\n- { debug: { msg: "{{ m.nosuch }}" }, vars: { m: { nosuch: 1 } } }')).toEqual([]);
});

test('the tasks of one module share the shapes of its result', () => {
  expect(resultShape(modules['stat'], 'item')).toBe(resultShape(modules['stat'], 'item'));
  expect(resultShape(modules['stat'], undefined)).toBe(resultShape(modules['stat'], undefined));
  expect(resultShape(modules['stat'], 'item')).not.toBe(resultShape(modules['stat'], undefined));
});
