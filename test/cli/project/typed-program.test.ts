import { expect, test } from 'vitest';
import { typedProgram } from '../../../src/cli/project/typed-program.ts';

test.each([
  ['an installed program', {}, 'swarm'],
  ['npx in a clone', { npm_command: 'exec' }, 'npx swarm'],
  ['npm run in a clone', { npm_command: 'run-script' }, 'npx swarm'],
])('%s is named as it was typed', (_, env, program) => {
  expect(typedProgram(env)).toBe(program);
});
