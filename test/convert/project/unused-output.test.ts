import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Conversion, convertProject } from '../../../src/convert/project/convert-project.ts';
import { makeFolder } from '../../setup/project-folder.ts';
import { loadInstalledModules } from '../installed-modules.ts';

async function convert(files: Readonly<Record<string, string>>): Promise<Conversion> {
  const dir = makeFolder({});
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return convertProject(dir, await loadInstalledModules());
}

const MACROS = '{% macro line(x) %}\n[{{ x }}]\n{% endmacro %}\n';
const USE = "{% import 'macros.j2' as m %}\n{{ m.line('a') }}\n";

test.each([
  ['that stand where they were called', USE, false],
  ['that are included as they are too', `${USE}{% include 'macros.j2' %}\n`, true],
])('a file of macros %s', async (_, template, isKept) => {
  const { files } = await convert({ 'roles/r/templates/macros.j2': MACROS, 'roles/r/templates/a.j2': template });
  expect(files.some(({ path }) => path.endsWith('macros.hbs'))).toBe(isKept);
});

test.each([
  ['stat: { path: /x, checksum_algorithm: sha256 }', 0],
  ['ansible.builtin.stat: { path: /x, checksum_algorithm: sha256 }', 0],
  ['stat: { path: /x, checksum_algorithm: sha1 }', 1],
  ['stat: { path: /x }', 1],
])('the checksum of %s: notes %d', async (stat, notes) => {
  const tasks = `- ${stat}\n  register: f\n- debug: { msg: "{{ f.stat.checksum }}" }\n`;
  const { report } = await convert({ 'roles/r/tasks/main.yml': tasks });
  expect(report.changed.filter(({ reason }) => reason.includes('SHA-1'))).toHaveLength(notes);
});
