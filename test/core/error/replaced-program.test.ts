import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toSwarmError } from '../../../src/core/error/convert-error.ts';
import { codeRoot } from '../../../src/core/program/package-root.ts';

const thrownBy = async (act: () => unknown): Promise<unknown> => {
  try {
    return await act();
  } catch (error) {
    return error;
  }
};

test('a file of swarm that is gone, because another version was installed, is not a bug', async () => {
  const path = join(codeRoot(), 'src/gone.py');
  expect(toSwarmError(await thrownBy(() => readFileSync(path)))).toMatchObject({
    code: 'SW5022',
    message: `swarm was replaced or removed while it ran: ${path} is gone`,
  });
  const text = `Cannot find module '${join(codeRoot(), 'chunks/run-1.js')}' imported from ${join(codeRoot(), 'chunks/engine-1.js')}`;
  expect(toSwarmError(Object.assign(new Error(text), { code: 'ERR_MODULE_NOT_FOUND' }))).toMatchObject({ code: 'SW5022' });
});

test('another file that is gone is told as that', async () => {
  expect(toSwarmError(await thrownBy(() => readFileSync('/no/such/file'))).code).not.toBe('SW5022');
  const text = `Cannot find module '/project/lib.js' imported from ${join(codeRoot(), 'chunks/engine-1.js')}`;
  expect(toSwarmError(Object.assign(new Error(text), { code: 'ERR_MODULE_NOT_FOUND' })).code).toBe('SW5000');
});
