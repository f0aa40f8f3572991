import { expect, test } from 'vitest';
import { moduleSource } from '../../src/engine/module-source.ts';
import { KEYWORD_MODULES } from '../../src/language/playbook/steps/keyword-modules.ts';

const source = moduleSource();

/** The modules that do something, or read something, without any argument. */
const NEED_NONE = [
  ...['fail', 'ping', 'reboot', 'setup', 'wait_for_connection', 'package_facts', 'service_facts', 'mysql_replication', 'tempfile'],
  ...['config_update', 'depclean', 'emerge_clean', 'emerge_plan', 'emerge_update', 'kernel', 'news', 'portage_sync', 'preserved_rebuild'],
];

test('a module that would do nothing without an argument refuses none', async () => {
  const accepting: string[] = [];
  for (const name of source.names) if ((await source.load(name))?.args.safeParse({}).success) accepting.push(name);
  expect(accepting.sort()).toEqual(NEED_NONE.sort());
});

test('no keyword that is written as a module takes an empty mapping', () => {
  expect(Object.entries(KEYWORD_MODULES).filter(([, { args }]) => args.safeParse({}).success)).toEqual([]);
});

test.each(['package', 'apt', 'apk', 'dnf', 'pacman', 'zypper'])(
  '%s takes an empty list of packages, and a look at the lists alone',
  async (name) => {
    const args = (await source.load(name))?.args;
    for (const given of [{ name: [] }, { name: '' }, { update_cache: true }]) expect(args?.safeParse(given).success).toBe(true);
    for (const given of [{ state: 'latest' }, { update_cache: false }]) expect(args?.safeParse(given).success).toBe(false);
  },
);

test('apt loads the lists for cache_valid_time, takes a file, and removes what nothing needs', async () => {
  const args = (await source.load('apt'))?.args;
  for (const given of [{ cache_valid_time: 60 }, { deb: '/x.deb' }, { autoremove: true }])
    expect(args?.safeParse(given).success).toBe(true);
});
