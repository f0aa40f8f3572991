// biome-ignore-all lint/correctness/useYield: modules that fail before they change anything
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type AnyModule, type Change, defineModule } from '../../../src/core/module.ts';
import { testModule } from '../../../src/testing.ts';

type Run = (probe: never, args: never) => AsyncGenerator<Change, never, void>;
const made = (run: (probe: { write(path: string, text: string): Promise<void> }) => AsyncGenerator<Change, unknown, void>): AnyModule =>
  defineModule({ summary: 's', args: z.strictObject({}), returns: z.strictObject({}), example: '', run: run as Run });

const failure = async (module: unknown, args: unknown = {}): Promise<Error> =>
  testModule(module as AnyModule, { args: () => args }).then(
    () => expect.fail('it passed'),
    (error: Error) => error,
  );

const OURS = /\/(src|node_modules)\/|node:internal/;

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ['no module', null, /^The module has a wrong form: its default export is null\. Write: export default defineModule/],
  ['a class', class Motd {}, /its default export is a class/],
  [
    'a second run that changes',
    made(async function* () {
      yield { verb: 'update', subject: 'x', apply: async () => {} };
      return {};
    }),
    /^test\/sdk\/testing\/test-module\.test\.ts:\d+: A second run still changes: update x/,
  ],
  [
    'an error of the module',
    made(async function* () {
      throw new Error('no luck');
    }),
    /^no luck$/,
  ],
  [
    'a write in run',
    made(async function* (probe) {
      await probe.write('/x', 'y');
      return {};
    }),
    /^run only reads: the probe has no write$/,
  ],
  [
    'a text that is thrown',
    made(async function* () {
      throw 'no luck';
    }),
    /^the module threw a value that is not an Error: no luck$/,
  ],
];

test.each(wrong)('%s: one message, with lines of the author only', async (_, module, message) => {
  const error = await failure(module);
  expect(error.message).toMatch(message);
  const frames = (error.stack ?? '').split('\n').slice(1);
  expect(frames[0]).toContain('test/sdk/testing/test-module.test.ts:');
  expect(frames.filter((line) => OURS.test(line))).toEqual([]);
});

test('args that the module refuses are named', async () => {
  const error = await failure(
    made(async function* () {
      return {};
    }),
    { pth: 1 },
  );
  expect(error.message).toMatch(/The module refuses the args of the test: .*pth/);
});
