import { expect, test } from 'vitest';
import { createJsonSchema } from '../../src/language/json-schema.ts';

test('the schemas know the words of the files and refuse others', () => {
  const inventory = JSON.stringify(createJsonSchema('inventory'));
  for (const word of ['routes', 'tailscale', 'identity_file', 'binhost', 'children']) expect(inventory).toContain(`"${word}"`);
  expect(createJsonSchema('inventory')).toMatchObject({ type: 'object', additionalProperties: false });
  const playbook = JSON.stringify(createJsonSchema('playbook'));
  for (const word of ['positional', 'queue', 'rescue', 'import_tasks', 'max_fail_percentage']) expect(playbook).toContain(`"${word}"`);
});
