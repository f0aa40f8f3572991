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
