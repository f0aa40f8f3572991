import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject } from '../../../src/fleet/project/project.ts';
import { makeFolder } from '../../setup/project-folder.ts';

const INVENTORY = `
defaults: { user: root, identity_file: keys/one }
hosts:
  a:
    identity_files: [keys/one, /no/two]
    become_password: { secret: { from: "file:/no/password" } }
    vars: { identity_file: /no/matter, command: [/no/matter], token: { secret: { from: "file:/no/token" } } }
    routes: [ { local: 127.0.0.9 }, { command: [/no/program, x] }, { command: [sh, -c, x] } ]
notify:
  - command: [swarm-no-such-program]
  - { email: x@example.org, sendmail: /no/sendmail }
`;

const find = async (directory: string): Promise<readonly string[]> => {
  const { inventory } = await openProject({ directory });
  return (inventory.warnings ?? []).flatMap(({ code, message, at }) => (code === 'SW1312' ? [`${at?.line}: ${message}`] : []));
};

test('each file of this machine that an inventory names and that is missing is a warning with its place', async () => {
  const dir = makeFolder({ 'inventory/swarm.yml': INVENTORY, 'group_vars/all.yml': 'ansible_ssh_private_key_file: /no/three\n' });
  const key = join(dir, 'keys/one');
  const others = [
    '5: this machine does not have the key /no/two',
    '6: this machine does not have the file of a secret /no/password',
    '7: this machine does not have the file of a secret /no/token',
    '8: this machine does not have the program /no/program',
    '10: this machine does not have the program swarm-no-such-program',
    '11: this machine does not have the program /no/sendmail',
    '1: this machine does not have the key /no/three',
  ];
  expect(await find(dir)).toEqual([
    `2: this machine does not have the key ${key}`,
    `5: this machine does not have the key ${key}`,
    ...others,
  ]);
  // the inventory is remembered, what is missing is not
  mkdirSync(join(dir, 'keys'));
  writeFileSync(`${key}.pub`, 'x');
  expect(await find(dir)).toEqual(others);
});

test('so is one that cannot be what it is named for', async () => {
  const dir = makeFolder({
    'inventory/swarm.yml': `
defaults: { user: root, identity_file: keys }
hosts:
  a:
    become_password: { secret: { from: "file:keys" } }
    routes: [ { command: [../keys] }, { command: [./program] } ]
`,
    'keys/x': 'x',
    'inventory/program': 'x',
    program: 'x',
  });
  chmodSync(join(dir, 'program'), 0o644);
  expect((await find(dir)).map((each) => each.replaceAll(dir, ''))).toEqual([
    '2: the key /keys is a folder, not a file',
    '5: the file of a secret /keys is a folder, not a file',
    expect.stringMatching(/^6: /),
    expect.stringMatching(/^6: the program .*program may not be run$/),
  ]);
});

test('the command that makes a key can be pasted', async () => {
  const dir = makeFolder({
    'inventory/swarm.yml': 'defaults: { user: root, identity_file: "my key" }\nhosts: { a: { routes: [ { local: 127.0.0.9 } ] } }\n',
  });
  const { inventory } = await openProject({ directory: dir });
  expect(inventory.warnings?.find(({ code }) => code === 'SW1312')?.hint).toContain(`ssh-keygen -t ed25519 -f '${dir}/my key'`);
});
