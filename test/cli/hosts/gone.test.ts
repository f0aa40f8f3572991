import { expect, test } from 'vitest';
import { describeRisk } from '../../../src/cli/hosts/gone.ts';

test('what is built twice is told only where a run has work in hand', () => {
  expect(describeRisk('d1', [])).toEqual(['no run has work in hand on d1']);
  expect(describeRisk('d1', [{ run: 'r1', items: ['app-misc/jq-1.7'] }])).toEqual([
    'run r1 has in hand on d1: app-misc/jq-1.7',
    'If d1 still works, these items are built twice; of two results one is used.',
  ]);
});
