import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Lack } from '../../../src/core/error/lack.ts';
import { canSupply, LISTED_MODULES, listSupplies } from '../../../src/engine/dry-run/supplies.ts';

test.each<[Lack['kind'] | 'other', string, string, Record<string, string>, boolean]>([
  ['program', 'crontab', 'group', { name: 'web' }, false],
  ['program', 'crontab', 'user', { name: 'web' }, false],
  ['program', 'crontab', 'template', { dest: '/etc/app.conf' }, false],
  ['program', 'crontab', 'copy', { dest: '/usr/local/bin/other' }, false],
  ['program', 'crontab', 'copy', { dest: '/usr/local/bin/crontab' }, true],
  ['program', 'crontab', 'unarchive', { dest: '/usr/local' }, true],
  ['program', 'crontab', 'package', { name: 'cronie' }, true],
  ['program', 'crontab', 'shell', {}, true],
  ['account', 'web', 'group', { name: 'web' }, true],
  ['account', 'web', 'copy', { dest: '/etc/motd' }, false],
  ['account', 'web', 'lineinfile', { path: '/etc/passwd' }, true],
  ['path', '/srv/app/x.conf', 'file', { path: '/srv/app' }, true],
  ['path', '/srv/app', 'file', { path: '/srv/app/logs/' }, true],
  ['path', '/srv/app/x.conf', 'file', { path: '/srv/ap' }, false],
  ['path', '/home/web/.profile', 'user', { name: 'web' }, true],
  ['path', '/srv/web/.profile', 'user', { name: 'web', home: '/srv/web' }, true],
  ['path', '/etc/x.conf', 'user', { name: 'web' }, false],
  ['path', '/etc/x.conf', 'service', { name: 'x' }, true],
  ['service', 'web', 'copy', { dest: '/etc/systemd/system/web.service' }, true],
  ['service', 'web', 'copy', { dest: '/etc/web.conf' }, false],
  ['service', 'web', 'user', { name: 'web' }, false],
  ['package', 'web', 'apt_repository', {}, true],
  ['package', 'web', 'copy', { dest: '/etc/apt/sources.list.d/web.list' }, true],
  ['package', 'web', 'service', { name: 'web' }, false],
  ['other', '', 'group', { name: 'web' }, false],
  ['other', '', 'template', { dest: '/etc/web.conf' }, true],
  ['other', '', 'set_fact', { x: '1' }, false],
  ['other', '', 'acme_thing', {}, true],
])('whether the %s %s may come from %s %j: %s', (kind, name, module, args, expected) => {
  expect(canSupply(listSupplies(module, args), kind === 'other' ? undefined : { kind, name })).toBe(expected);
});

test('a task that writes to a path that is not known may supply anything', () => {
  expect(canSupply(listSupplies('copy', undefined), { kind: 'program', name: 'x' })).toBe(true);
});

test('the table names modules and keywords that there are', () => {
  const files = readdirSync('modules', { recursive: true, encoding: 'utf8' }).flatMap((file) => /([a-z_0-9]+)\.ts$/.exec(file)?.[1] ?? []);
  expect(LISTED_MODULES.filter((name) => !files.includes(name))).toEqual(['include_vars', 'set_fact']);
});
