import { expect, test } from 'vitest';
import { formatRunStatus } from '../../../src/report/text/run-status-text.ts';

test.each([
  [{ status: 'failed', exit: 7 }, 'refused'],
  [{ status: 'failed', exit: 2 }, 'failed'],
  [{ status: 'ok', exit: 0 }, 'ok'],
  [{ status: 'interrupted', exit: null }, 'interrupted'],
  [{ status: 'elsewhere', orchestrator: 'desk' }, 'elsewhere (desk)'],
])('%o in a list of runs is %s', (run, text) => {
  expect(formatRunStatus(run)).toBe(text);
});
