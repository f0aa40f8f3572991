import { expect, test } from 'vitest';
import { becomeFailedError, lacksUser } from '../../../src/remote/session/become-errors.ts';

test.each([
  ['sudo', 'sudo: unknown user bob; sudo: error initializing audit plugin sudoers_audit'],
  ['doas', 'doas: unknown user'],
  ['su', 'su: user bob does not exist or the user entry does not contain all the required fields'],
  ['su', 'su: Unknown id: bob'],
] as const)('%s to a user that the host does not have: the hint is about the user', (method, why) => {
  const error = becomeFailedError({ method, user: 'bob' }, why);
  expect(error.hint).toMatch(/^The host has no user bob\./);
  expect(lacksUser(error)).toBe(true);
});
