import { expect, test } from 'vitest';
import type { Become } from '../../../src/core/inventory/login.ts';
import { makeBuildShell } from '../../../src/fleet/connection/build-shell.ts';
import { local, makeHost } from '../inventory-hosts.ts';

const hostWith = (become?: Become) => makeHost('d1', { login: { user: 'me', keys: [], ...(become === undefined ? {} : { become }) } });
const command = { kind: 'command', argv: ['lxc-attach'] } as const;

test('the shell has the rights that builds have', () => {
  const start = (become?: Become) => makeBuildShell(hostWith(become), command, '/var/tmp/x').slice(0, 4);
  expect(start({ method: 'sudo', user: 'root' })).toEqual(['sudo', '-u', 'root', 'sh']);
  expect(start()[0]).toBe('sh');
  expect(start({ method: 'su', user: 'root' })[0]).toBe('sh');
});

test('over SSH every word is quoted, because a shell reads them', () => {
  expect(makeBuildShell(hostWith(), local('10.0.0.1'), "/tmp/it's").at(-1)).not.toBe("/tmp/it's");
  expect(makeBuildShell(hostWith(), command, "/tmp/it's").at(-1)).toBe("/tmp/it's");
});
