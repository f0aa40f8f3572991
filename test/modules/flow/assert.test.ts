import { expect, test } from 'vitest';
import assert from '../../../modules/flow/assert.ts';
import type { Probe } from '../../../src/core/module.ts';

const probe = { emit: () => undefined } as unknown as Probe;

test('fail_msg is the message, and the detail says which condition does not hold', async () => {
  const run = assert.run(probe, { that: [true, false, true], fail_msg: 'no way', quiet: false }).next();
  await expect(run).rejects.toMatchObject({ code: 'SW6012', message: 'no way', detail: 'assertion 2 of 3 does not hold' });
});

test('without fail_msg the message says it', async () => {
  const run = assert.run(probe, { that: [false], quiet: false }).next();
  await expect(run).rejects.toMatchObject({ code: 'SW6012', message: 'assertion 1 of 1 does not hold', detail: undefined });
});
