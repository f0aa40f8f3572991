import { expect, test } from 'vitest';
import { describeRunArgs } from '../../../src/report/events/run-args-text.ts';

test('arguments without a value are left out', () => {
  const args = { revision: '', rollback: '', services: [], force: false, target: null, keep: 0, hosts: 'web' };
  expect(describeRunArgs(args).map(String)).toEqual(['keep 0', 'hosts web']);
});
