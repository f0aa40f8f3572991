import { expect, test } from 'vitest';
import { describeRunArgs } from '../../../src/report/events/run-args-text.ts';

const args = { revision: '', rollback: '', services: [], force: false, target: null, keep: 0, hosts: 'web' };

test('defaults without a value are left out', () => {
  expect(describeRunArgs(args, Object.keys(args)).map(String)).toEqual(['keep 0', 'hosts web']);
});

test('an empty value that a person gave is told', () => {
  expect(describeRunArgs(args, ['revision', 'target']).map(String)).toEqual([
    "rollback ''",
    'services []',
    'force false',
    'keep 0',
    'hosts web',
  ]);
});
