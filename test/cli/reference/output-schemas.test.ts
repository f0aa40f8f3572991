import { expect, test } from 'vitest';
import { resultSchema } from '../../../src/cli/reference/output-schemas.ts';

test('the schema of a result takes the document of a run, and that of a command which ended before its run began', () => {
  expect(resultSchema()).toMatchObject({
    required: ['exit', 'errors'],
    dependentRequired: { run: ['playbook', 'status', 'hosts', 'items', 'published'] },
  });
});
