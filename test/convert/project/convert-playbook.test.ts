import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { convertProject } from '../../../src/convert/project/convert-project.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-convert-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A play with these keywords, and what the report says of it. */
function convertPlay(keywords: string): { readonly play: string; readonly changed: readonly string[] } {
  writeFileSync(join(dir, 'site.yml'), `- hosts: web\n  ${keywords}\n  tasks: []\n`);
  const { files, report } = convertProject(dir, new Map());
  const text = String(files.find(({ path }) => path === 'playbooks/site.yml')?.content);
  return { play: text, changed: report.changed.map(({ reason }) => reason) };
}

test.each([
  ...['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'].map((word) => `order: ${word}`),
  ...['strategy: free', 'strategy: host_pinned'],
])('%s stays as it is', (keyword) => {
  const { play, changed } = convertPlay(keyword);
  expect(play).toContain(`    ${keyword}\n`);
  expect(changed).toEqual([]);
});

test.each([
  ['remote_user: deploy', 'remote_user: deploy', '`remote_user` of a play holds also for hosts with ansible_user in the inventory'],
  ['user: deploy', 'remote_user: deploy', '`remote_user` of a play holds also for hosts with ansible_user in the inventory'],
  ['port: 2222', 'port: 2222', '`port` of a play holds also for hosts with ansible_port in the inventory'],
])('%s of a play is %s', (ansible, swarm, reason) => {
  const { play, changed } = convertPlay(ansible);
  expect(play).toContain(`    ${swarm}\n`);
  expect(changed).toEqual([reason]);
});

test('the comment of the first play stands on `plays:`, without an empty line', () => {
  writeFileSync(join(dir, 'site.yml'), '---\n\n# the site\n# of all\n- hosts: web\n  tasks: []\n\n- hosts: db\n  tasks: []\n');
  const { files } = convertProject(dir, new Map());
  const text = String(files.find(({ path }) => path === 'playbooks/site.yml')?.content);
  expect(text).toBe('# the site\n# of all\nplays:\n  - hosts: web\n    tasks: []\n\n  - hosts: db\n    tasks: []\n');
});
