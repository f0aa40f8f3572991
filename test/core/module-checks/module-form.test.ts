import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeWrongForm } from '../../../src/core/module-checks/module-form.ts';

const right = { summary: 's', args: z.strictObject({}), example: 'x: {}', async *run() {} };

test.each([
  [undefined, 'it has no default export'],
  [null, 'its default export is null'],
  [() => right, 'its default export is a function'],
  [class Motd {}, 'its default export is a class'],
  ['motd', 'its default export is a text'],
  [Promise.resolve(right), 'its default export is a promise'],
  [[right], 'its default export is not a module'],
  [{}, 'its default export is not a module'],
  [{ ...right, summary: undefined }, 'its default export has no summary'],
  [{ ...right, args: {} }, 'its args are not a zod schema'],
  [{ ...right, returns: {} }, 'its returns are not a zod schema'],
  [{ ...right, run: undefined }, 'its run is not a function'],
  [{ ...right, run: async () => ({}) }, 'its run is async, but not a generator: write async *run(probe, args)'],
  [{ ...right, example: undefined }, 'its default export has no example'],
  [right, undefined],
])('%s: %s', (value, message) => {
  expect(describeWrongForm(value)).toBe(message);
});
