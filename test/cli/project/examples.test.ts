import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { checkProjectCommand } from '../../../src/cli/project/check.ts';
import { moduleSource } from '../../../src/engine/module-source.ts';
import { runPlaybook } from '../../../src/engine/run.ts';
import { openProject } from '../../../src/fleet/project/project.ts';
import { makeRunPaths } from '../../../src/fleet/project/run-paths.ts';
import { parsePlaybook, readPlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { readSshConfig } from '../../../src/remote/ssh-config/ssh-config.ts';
import { fleetProbeOver, memoryJournal } from '../../engine/fleet.ts';
import { hostNamed, Machine } from '../../engine/machine.ts';

const root = resolve(import.meta.dirname, '../../..');
const names = readdirSync(join(root, 'examples'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/** The examples are copied: a project writes into its folder. */
const copies = mkdtempSync(join(tmpdir(), 'swarm-examples-'));
cpSync(join(root, 'examples'), copies, { recursive: true });
afterAll(() => rmSync(copies, { recursive: true, force: true }));

const { identity: _, ...here } = hostNamed('localhost', { groups: [], routes: [{ kind: 'here' }], protected: true });

/** Runs a playbook of an example with --check, with this machine in the place of every host. */
async function checkOnThisMachine(example: string) {
  const dir = join(copies, example);
  const project = await openProject({ directory: dir });
  const { inventory } = project;
  const modules = moduleSource(dir);
  const playbook = await readPlaybook(join(dir, 'playbooks', `${example}.yml`), modules, inventory);
  const defaults = Object.fromEntries(playbook.args.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])));
  const reach = { hosts: [here], sshConfig: readSshConfig(join(dir, 'none')), revoked: () => false };
  const journal = memoryJournal();
  return runPlaybook(
    playbook,
    defaults,
    { check: true, diff: false, forks: 4, tags: [], skipTags: [] },
    {
      ...{ inventory, modules, journal, paths: makeRunPaths(project, journal.run), signal: new AbortController().signal },
      connect: ({ name }, signal) => connect({ ...here, name }, reach, signal),
      fleetProbe: fleetProbeOver(() => new Machine(here)),
    },
  );
}

test('there are twelve examples, each with one line that says what it is for', () => {
  expect(names).toHaveLength(12);
  const list = readFileSync(join(root, 'examples/README.md'), 'utf8');
  for (const name of names) {
    const [, , line = ''] = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8').split('\n');
    expect(list).toContain(`- [${name}](${name}): ${line}`);
  }
});

test.each(names)('swarm check finds nothing in %s: no error, no warning', async (name) => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const exit = await checkProjectCommand([], { output: 'plain', verbose: 0, color: 'never', directory: join(copies, name) });
  vi.restoreAllMocks();
  expect([exit, printed.join('')]).toEqual([0, '']);
});

/** The others need Gentoo, an init system, or a server of packages. */
test.each(['audit', 'backup', 'users'])('%s runs with --check on this machine', async (name) => {
  const { errors, exit } = await checkOnThisMachine(name);
  expect(errors.map(({ host, message }) => `${host}: ${message}`)).toEqual([]);
  expect(exit).toBe(0);
});

test('the example at the beginning of docs/playbook.md is a playbook without a mistake', async () => {
  const [, text = ''] = /```yaml\n(.*?)```/s.exec(readFileSync(join(root, 'docs/playbook.md'), 'utf8')) ?? [];
  const { inventory } = await openProject({ directory: join(copies, 'web-server') });
  const playbook = await parsePlaybook('web.yml', text, moduleSource(), inventory);
  expect(playbook.warnings).toEqual([]);
});
