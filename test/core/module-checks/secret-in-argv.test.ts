import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { registerSecret } from '../../../src/core/mask.ts';
import { assertNoSecretInArgv, withModuleHint } from '../../../src/core/module-checks/secret-in-argv.ts';

function refusal(): SwarmError {
  try {
    assertNoSecretInArgv({ argv: ['git', 'clone', 'https://u:s3cretword@example.org/x'] });
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
  }
  throw new Error('it was taken');
}

test.each(['command', 'shell', 'script', 'raw'])('a secret in %s goes by the environment or stdin', (module) => {
  registerSecret('s3cretword');
  expect(withModuleHint(refusal(), module).hint).toContain('environment:');
});

test.each(['git', 'get_url', 'apt_repository'])('%s takes it from a file that its program reads', (module) => {
  registerSecret('s3cretword');
  const { code, hint } = withModuleHint(refusal(), module);
  expect(code).toBe('SW1207');
  expect(hint).toContain('~/.netrc');
  expect(hint).not.toContain('stdin');
});

test('another error keeps its hint', () => {
  const error = new SwarmError('SW1207', 'x', { hint: 'y' });
  expect(withModuleHint(error, 'git')).toBe(error);
});
