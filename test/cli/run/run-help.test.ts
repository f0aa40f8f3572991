import { expect, test } from 'vitest';
import { runCommand } from '../../../src/cli/run/run-commands.ts';
import { formatRunHelp } from '../../../src/cli/run/run-help.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { testModules } from '../../engine/modules.ts';

test('an arg whose flag is an option of swarm run is shown as it can be set', async () => {
  const playbook = await parsePlaybook(
    '/p.yml',
    'args: { limit: { type: int, required: true }, skip_tags: { default: "" }, port: { default: "" } }\nplays: [ { hosts: all, tasks: [ { say: 1 } ] } ]\n',
    testModules,
  );
  const page = formatRunHelp(runCommand, 'p', playbook, [], 100);
  expect(page).toMatch(/^ {2}-e limit=<int> /m);
  expect(page).toMatch(/^ {2}-e skip_tags=<string> /m);
  expect(page).toMatch(/^ {2}--port <string> /m);
  expect(page).toContain('swarm run p -e limit=VALUE');
});

test('the help of a playbook has the choices and limits of its args, and which words it must get', async () => {
  const playbook = await parsePlaybook(
    '/p.yml',
    'args:\n  text: { positional: true, required: true }\n  level: { choices: [low, high], default: low }\n  count: { type: int, min: 1, max: 9, default: 1 }\nplays: [ { hosts: all, tasks: [ { say: 1 } ] } ]\n',
    testModules,
  );
  const page = formatRunHelp(runCommand, 'p', playbook, [], 140);
  expect(page).toContain('swarm run p TEXT [OPTIONS]');
  expect(page).toContain('(string, one of: low high, default: "low")');
  expect(page).toContain('(int, at least 1, at most 9, default: 1)');
});
