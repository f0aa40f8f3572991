import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { convertProject } from '../../../src/convert/project/convert-project.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { moduleSource } from '../../../src/engine/module-source.ts';

let dir = '';
let modules: ReadonlyMap<string, AnyModule> = new Map();
beforeAll(async () => {
  const source = moduleSource();
  const all = await Promise.all(source.names.map(async (name) => [name, await source.load(name)] as const));
  modules = new Map(all.flatMap(([name, module]) => (module === undefined ? [] : [[name, module] as const])));
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-convert-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** The tasks of a role, converted. */
function convertTasks(tasks: string): string {
  mkdirSync(join(dir, 'roles/r/tasks'), { recursive: true });
  writeFileSync(join(dir, 'roles/r/tasks/main.yml'), `${tasks}\n`);
  const { files } = convertProject(dir, modules);
  return String(files.find(({ path }) => path === 'roles/r/tasks/main.yml')?.content).trimEnd();
}

/** Tasks of Ansible and of swarm; without the second the task stays as it is. */
const TASKS: readonly (readonly [ansible: string, swarm?: string])[] = [
  ['- assert: { that: x.changed, success_msg: good, quiet: true }'],
  ['- debug: { var: x }'],
  ['- debug: { var: "x.stdout | default(1)" }', '- debug: { var: "default(x.stdout, 1)" }'],
  ['- debug: { var: "{{ x }}" }', '- debug: { msg: "{{ x }}" }'],
  ['- meta: clear_facts'],
  ['- meta: clear_host_errors'],
  ['- meta: end_role'],
  ['- meta: reset_connection'],
  [
    '- get_url: { url: "https://a/b", dest: /b, checksum: "sha256:%s", headers: { A: b }, url_username: u, url_password: p, backup: true, validate_certs: false }'.replace(
      '%s',
      '0'.repeat(64),
    ),
  ],
  [
    '- uri: { url: "http://a", method: PUT, src: x, user: u, password: p, dest: /b, creates: /c, removes: /d, validate_certs: false, unix_socket: /s }',
  ],
  [
    '- uri: { url: "http://a", method: POST, url_username: u, url_password: p, force_basic_auth: true, body_format: form-urlencoded, body: { a: 1 } }',
    '- uri: { url: "http://a", method: POST, user: u, password: p, body_format: form-urlencoded, body: { a: 1 } }',
  ],
  [
    '- git: { repo: "https://a/b", dest: /b, recursive: false, bare: true, remote: r, refspec: a, key_file: /k, ssh_opts: -v, umask: "077" }',
  ],
];

test.each(TASKS.map((pair) => [...pair]))('%s', (ansible = '', swarm = ansible) => {
  expect(convertTasks(ansible)).toBe(swarm);
});
