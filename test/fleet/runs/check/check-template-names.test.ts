import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ValidationError } from '../../../../src/core/error/swarm-error.ts';
import type { Vars } from '../../../../src/core/json-value.ts';
import { moduleSource } from '../../../../src/engine/module-source.ts';
import { checkTasks, listNamesInTemplateFiles } from '../../../../src/fleet/runs/check/check-tasks.ts';
import { parsePlaybook } from '../../../../src/language/playbook/read-playbook.ts';
import { createFleet } from '../../../engine/fleet.ts';
import { makeFolder } from '../../../setup/project-folder.ts';

/** The problems of a project: message, file, line, column and hint. `files`: by path. */
async function problemsOf(files: Readonly<Record<string, string>>, play: string, args: Vars = {}): Promise<readonly string[]> {
  const dir = makeFolder(files);
  const fleet = createFleet('a', 'b').inventory;
  const [first, ...others] = fleet.hosts;
  const inventory = { ...fleet, dir, hosts: [{ ...first, vars: { ...first?.vars, of_one_host: 1 } }, ...others] } as typeof fleet;
  const modules = moduleSource(dir);
  const text = `args: { arg: { type: string, default: x } }\nplays:\n  - hosts: all\n${play.trim().replace(/^/gm, '    ')}\n`;
  try {
    const playbook = await parsePlaybook(join(dir, 'play.yml'), text, modules, inventory);
    await checkTasks(playbook, { inventory, modules, files: [], templates: [join(dir, 'templates')], args, secretArgs: [] });
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.problems.map(({ code, message, at, hint }) => {
      const place = `${at?.file.slice(dir.length + 1)}:${at?.line}:${at?.column}`;
      return `${code} ${message} ${place} ${hint?.startsWith('Did') ? hint : ''}`.trim();
    });
  }
}

const task = '\ntasks:\n  - template: { src: a.hbs, dest: /a }\n';

test('a name that nothing defines, with the place in the template and the name that was meant', async () => {
  const text = 'one\n{{#if port}}\n  {{ prot }}\n{{/if}}\n{{#each list}}{{ key }}{{ @root.lits }}{{/each}}\n';
  expect(await problemsOf({ 'templates/a.hbs': text }, `vars: { port: 80, list: [] }${task}`)).toEqual([
    'SW1108 `prot` is not defined templates/a.hbs:3:6 Did you mean `port`?',
    'SW1108 `lits` is not defined templates/a.hbs:5:27 Did you mean `list`?',
  ]);
});

test('a name of an included template, told once', async () => {
  const files = { 'templates/a.hbs': 'a\n{{> inner/b.hbs}}\n', 'templates/inner/b.hbs': '{{ nodef }}\n' };
  const two = `${task}  - template: { src: "{{ item }}", dest: /a }\n    loop: [a.hbs]\n`;
  expect(await problemsOf(files, two)).toEqual(['SW1108 `nodef` is not defined templates/inner/b.hbs:1:4']);
});

test('every place where a name can be defined', async () => {
  const names = ['port', 'own', 'item', 'n', 'made', 'got', 'arg', 'of_one_host', 'in_block', 'inventory_hostname', 'facts.cores'];
  const files = { 'templates/a.hbs': names.map((name) => `{{ ${name} }}\n`).join('') };
  const play = `
vars: { port: 80 }
tasks:
  - block:
      - template: { src: a.hbs, dest: /a }
        vars: { own: 1 }
        loop: [1]
        loop_control: { index_var: n }
    vars: { in_block: 1 }
  - set_fact: { made: 1 }
  - command: { cmd: "true" }
    register: got
`;
  expect(await problemsOf(files, play)).toEqual([]);
});

test('the defaults, the variables and the parameters of a role', async () => {
  const files = {
    'roles/r/templates/a.hbs': '{{ by_default }} {{ by_vars }} {{ param }} {{ role_name }} {{ of_other }}\n',
    'roles/r/defaults/main.yml': 'by_default: 1\n',
    'roles/r/vars/main.yml': 'by_vars: 1\n',
    'roles/r/tasks/main.yml': '- template: { src: a.hbs, dest: /a }\n',
    'roles/other/defaults/main.yml': 'of_other: 1\n',
    'roles/other/tasks/main.yml': '- debug: { msg: a }\n',
  };
  expect(await problemsOf(files, 'roles: [other, { role: r, vars: { param: 1 } }]')).toEqual([]);
});

test('what is not a name of the scope, or may be missing', async () => {
  const text = [
    '{{#each list as |one i|}}{{ one }}{{ i }}{{ this }}{{ key }}{{ @index }}{{ ../port }}{{> b.hbs}}{{/each}}',
    '{{#with map}}{{ field }}{{/with}}',
    '{{#if (defined maybe)}}{{ maybe }}{{/if}} {{ default other "x" }} {{ other }}',
    '{{!-- {{ comment }} --}}{{{{raw}}}}{{ raw_text }}{{{{/raw}}}}\\{{ escaped }}',
  ].join('\n');
  const files = { 'templates/a.hbs': text, 'templates/b.hbs': '{{ key_of_the_item }}' };
  expect(await problemsOf(files, `vars: { list: [], map: {}, port: 1 }${task}`)).toEqual([]);
});

test('an argument of the run', async () => {
  const files = { 'templates/a.hbs': '{{ given }}' };
  expect(await problemsOf(files, task, { given: 1 })).toEqual([]);
});

test('-e may set what a template file uses', async () => {
  const dir = makeFolder({ 'templates/a.hbs': '{{ colour }}{{> b.hbs}}', 'templates/b.hbs': '{{ size }}' });
  const playbook = await parsePlaybook(
    join(dir, 'play.yml'),
    `plays:\n  - hosts: all${task.replaceAll('\n', '\n    ')}\n`,
    moduleSource(dir),
  );
  expect(listNamesInTemplateFiles(playbook, { files: [], templates: [join(dir, 'templates')] })).toEqual(['colour', 'size']);
});
