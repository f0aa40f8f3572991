import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAllOrigins, findOrigins } from '../../../src/fleet/project/find-origins.ts';
import { openProject, type Project } from '../../../src/fleet/project/project.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { testModules } from '../../engine/modules.ts';

let dir: string;
let project: Project;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-origins-'));
  for (const folder of ['group_vars', 'host_vars']) mkdirSync(join(dir, 'inventory', folder), { recursive: true });
  writeFileSync(
    join(dir, 'inventory/swarm.yml'),
    `groups:
  web: { vars: { port: 1 }, hosts: [a] }
hosts:
  a:
    routes: [{ local: 10.0.0.1 }]
    vars:
      port: 3
      token: { secret: { from: "env:TOKEN" } }
  b: { routes: [{ local: 10.0.0.2 }] }
`,
  );
  writeFileSync(join(dir, 'inventory/group_vars/all.yml'), 'other: x\nport: 0\n');
  writeFileSync(join(dir, 'inventory/group_vars/web.yml'), 'port: 2\n');
  writeFileSync(join(dir, 'inventory/host_vars/a.yml'), 'port: 4\n');
  project = await openProject({ directory: dir });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('every place that sets a variable is listed with file and line, weakest first, and the last is the value of the host', () => {
  const origins = findOrigins(project, 'a', undefined).filter(({ name }) => name === 'port');
  expect(origins.map(({ level, at: { file, line }, value }) => `${level} ${file}:${line} ${JSON.stringify(value)}`)).toEqual([
    'group all inventory/group_vars/all.yml:2 0',
    'group web inventory/swarm.yml:2 1',
    'group web inventory/group_vars/web.yml:1 2',
    'host a inventory/swarm.yml:7 3',
    'host a inventory/host_vars/a.yml:1 4',
  ]);
  expect(project.inventory.hosts.find(({ name }) => name === 'a')?.vars['port']).toBe(4);
});

test('a secret is shown as its source, never as its value', () => {
  const [token] = findOrigins(project, 'a', undefined).filter(({ name }) => name === 'token');
  expect(token?.value).toEqual({ secret: { from: 'env:TOKEN' } });
});

test('a playbook adds its places, and what counts in the whole play is marked', async () => {
  const text = `vars: { port: 5 }
plays:
  - name: Other
    hosts: b
    vars: { port: 6 }
    tasks: [{ say: 1 }]
  - name: Web
    hosts: web
    vars: { port: 7 }
    tasks: [{ name: task, say: 1, vars: { port: 8 } }]
`;
  const playbook = await parsePlaybook('play.yml', text, testModules);
  const ofInventory = findOrigins(project, 'a', undefined);
  const found = findAllOrigins(project, playbook, { host: 'a', name: 'port', ofInventory });
  expect(found.slice(-3).map(({ level, at, value, wins }) => [level, at.line, value, wins])).toEqual([
    ['playbook', 1, 5, false],
    ['play Web', 7, 7, true],
    ['task task', 10, 8, false],
  ]);
  expect(findAllOrigins(project, undefined, { host: 'a', name: 'port', ofInventory }).filter(({ wins }) => wins)).toMatchObject([
    { value: 4 },
  ]);
});
