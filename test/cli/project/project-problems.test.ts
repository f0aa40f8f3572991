import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProjectProblems } from '../../../src/cli/project/project-problems.ts';
import { loadPlaybook } from '../../../src/cli/run/prepare-run.ts';
import { openProject } from '../../../src/fleet/project/project.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-problems-'));
afterAll(() => rmSync(dir, { recursive: true }));

const check = async (files: Readonly<Record<string, string>>, folder = dir): Promise<readonly string[]> => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { problems } = await findProjectProblems([], { directory: folder, output: 'plain', verbose: 0, quiet: false } as never);
  return problems.map(({ code, at }) => `${code} ${at?.file.split('/').at(-1)}:${at?.line}`);
};

const FILES: Readonly<Record<string, string>> = {
  'inventory/swarm.yml': 'hosts: {}\n',
  'site.yml': '- hosts: all\n  roles: [web]\n',
  'roles/web/tasks/main.yml': '- not_converted: { reason: no module x, original: x }\n- template: { src: a.hbs, dest: /a }\n',
  'roles/web/templates/a.hbs': 'x\n{{ not_converted "a" "no macro" }}\n',
  'roles/web/templates/deep/b.hbs': '{{#if x}}\n',
  'templates/fine.hbs': '{{ x }}\n',
};

test('a project is checked with the playbooks beside its folders, and its templates also where a playbook cannot be read', async () => {
  expect(await check(FILES)).toEqual(['SW1111 main.yml:1', 'SW1113 a.hbs:2', 'SW1113 b.hbs:1']);
});

test('what is left in variables hides nothing that is left in a playbook, and stops a run', async () => {
  const vars = { 'group_vars/all.yml': 'a: \'{{ not_converted "x" "no filter" }}\'\n' };
  expect(await check({ ...FILES, ...vars })).toEqual(['SW1113 all.yml:1', 'SW1111 main.yml:1', 'SW1113 a.hbs:2', 'SW1113 b.hbs:1']);
  const project = await openProject({ directory: dir });
  await expect(loadPlaybook(join(dir, 'site.yml'), project)).rejects.toThrow(/no filter/);
});

test('a file of tasks beside the playbooks is read with the playbook that includes it', async () => {
  const own = mkdtempSync(join(tmpdir(), 'swarm-tasks-'));
  const find = async (text: string, files: readonly string[] = []): Promise<readonly string[]> => {
    for (const [path, content] of Object.entries({
      'inventory/swarm.yml': 'hosts: {}\n',
      'playbooks/site.yml': '- hosts: all\n  tasks:\n    - include_tasks: part.yml\n',
      'playbooks/part.yml': text,
    })) {
      mkdirSync(dirname(join(own, path)), { recursive: true });
      writeFileSync(join(own, path), content);
    }
    const { problems } = await findProjectProblems(files, { directory: own, output: 'plain', verbose: 0, quiet: false } as never);
    return problems.map(({ code, message }) => `${code} ${message}`);
  };
  try {
    expect(await find('- debug: a\n- block:\n    - debug: b\n')).toEqual([]);
    expect(await find('- debug: a\n- debug: "{{ nothing }}"\n')).toEqual(['SW1108 `nothing` is not defined']);
    expect(await find('- debug: a\n', [join(own, 'playbooks/part.yml')])).toEqual(['SW1109 this file has tasks and no plays']);
  } finally {
    rmSync(own, { recursive: true });
  }
});

const MANY_FAULTS: Readonly<Record<string, string>> = {
  'inventory/swarm.yml': 'hosts:\n  a: { routes: [{ local: 10.0.0.1 }], corez: 4 }\n',
  'playbooks/site.yml': '- hosts: all\n  tasks:\n    - nope: {}\n    - copy: { src: none, dest: /a }\n    - ping: { date: x }\n',
};

test.each([
  [MANY_FAULTS, ['SW1104 swarm.yml:2', 'SW1111 site.yml:3', 'SW1112 site.yml:5', 'SW1112 site.yml:4']],
  [
    { ...MANY_FAULTS, 'inventory/swarm.yml': 'hosts: {}\n' }, //
    ['SW1111 site.yml:3', 'SW1112 site.yml:5', 'SW1112 site.yml:4'],
  ],
])('one check finds what is wrong in the inventory, in the form of playbooks and in what their tasks name', async (files, expected) => {
  const own = mkdtempSync(join(tmpdir(), 'swarm-faults-'));
  try {
    expect(await check(files, own)).toEqual(expected);
  } finally {
    rmSync(own, { recursive: true });
  }
});

test('a fault in a role that several playbooks use is one problem', async () => {
  const own = mkdtempSync(join(tmpdir(), 'swarm-shared-'));
  const files = {
    'inventory/swarm.yml': 'hosts: {}\n',
    ...Object.fromEntries(['a', 'b'].map((name) => [`playbooks/${name}.yml`, '- hosts: all\n  roles: [web]\n'])),
    'roles/web/tasks/main.yml': '- debug: "{{ nothing }}"\n',
    'roles/web/vars/main.yml': 'x: \'{{ not_converted "x" "no filter" }}\'\n',
  };
  try {
    expect(await check(files, own)).toEqual(['SW1108 main.yml:1', 'SW1113 main.yml:1']);
  } finally {
    rmSync(own, { recursive: true });
  }
});

test.each([
  ['nothing of theirs', {}, false],
  ['a module of its own', { 'modules/mine.ts': 'export default {};\n' }, false],
  ['a template in the place of theirs', { 'templates/make.conf.hbs': 'x\n' }, true],
  ['a module in the place of theirs', { 'modules/emerge.ts': 'export default {};\n' }, true],
])('the built-in playbooks are read with a project only where it may spoil them: it has %s', async (_, files, expected) => {
  const own = mkdtempSync(join(tmpdir(), 'swarm-built-in-'));
  try {
    await check({ 'inventory/swarm.yml': 'hosts: {}\n', ...files }, own);
    const { playbookFiles } = await findProjectProblems([], { directory: own, output: 'plain', verbose: 0, quiet: false } as never);
    expect(playbookFiles.length > 0).toBe(expected);
  } finally {
    rmSync(own, { recursive: true });
  }
});
