import { expect, test } from 'vitest';
import { ModuleError } from '../../../src/core/error/module-error.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';

const long = 'x'.repeat(1_000_000);

test.each([
  ['SwarmError', new SwarmError('SW6012', long, { hint: long, detail: long })],
  ['ModuleError', new ModuleError('ACME01', long, { hint: long, detail: long })],
])('%s: what a host printed without end is cut in an event', (_, error) => {
  const { message, hint = '', detail = '' } = error.toJSON();
  expect([message.length, hint.length, detail.length].every((length) => length > 3000 && length < 70_000)).toBe(true);
  expect(message).toContain('[996000 characters more]');
});
