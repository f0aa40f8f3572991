import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProjectDir } from '../../../../src/fleet/project/project.ts';
import { missingInventoryHint } from '../../../../src/language/inventory/ansible/nearby-inventory.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-nearby-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('the hint of a folder without an inventory names the one of Ansible that stands there', () => {
  expect(missingInventoryHint(dir)).toBe('For an inventory of Ansible, add -i and its path. To write inventory/swarm.yml, run: swarm init');
  writeFileSync(join(dir, 'hosts'), '[web]\na\n');
  expect(missingInventoryHint(dir)).toContain('To use hosts, add: -i hosts.');
  writeFileSync(join(dir, 'prod.ini'), '[web]\na\n');
  writeFileSync(join(dir, 'ansible.cfg'), '[defaults]\ninventory = prod.ini ; ours\n');
  expect(missingInventoryHint(dir)).toContain('To use prod.ini, add: -i prod.ini.');
  const hint = expect.stringContaining('add: -i prod.ini');
  expect(() => findProjectDir({ directory: dir })).toThrow(expect.objectContaining({ code: 'SW1206', hint }));
});
