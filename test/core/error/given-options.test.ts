import { expect, test } from 'vitest';
import { addGivenOptions } from '../../../src/core/error/given-options.ts';

const both = { directory: '/srv/p', inventory: ['hosts.ini'] };

test.each([
  ['Run: swarm hosts trust web1', 'Run: swarm hosts trust web1 -C /srv/p -i hosts.ini'],
  ['Run: swarm hosts trust web1.', 'Run: swarm hosts trust web1 -C /srv/p -i hosts.ini.'],
  [
    'Nothing was done. To see the names, run: swarm hosts list',
    'Nothing was done. To see the names, run: swarm hosts list -C /srv/p -i hosts.ini',
  ],
  ['Run swarm hosts list to see the names.', 'Run swarm hosts list -C /srv/p -i hosts.ini to see the names.'],
  ['run: swarm runs resume last. Nothing is built twice.', 'run: swarm runs resume last -C /srv/p. Nothing is built twice.'],
  [
    'To watch it, run: swarm runs watch ab1. To end it, run: swarm runs cancel ab1',
    'To watch it, run: swarm runs watch ab1 -C /srv/p. To end it, run: swarm runs cancel ab1 -C /srv/p',
  ],
  ['Look at the disk: swarm exec web.lan,db -- df -h', 'Look at the disk: swarm exec web.lan,db -C /srv/p -i hosts.ini -- df -h'],
  ['run: swarm exec web --shell "dmesg | tail"', 'run: swarm exec web --shell "dmesg | tail" -C /srv/p -i hosts.ini'],
  [
    'Fix it, then run: swarm run sync, then: swarm run build --for a',
    'Fix it, then run: swarm run sync -C /srv/p -i hosts.ini, then: swarm run build --for a -C /srv/p -i hosts.ini',
  ],
  ['To see the playbooks, run: swarm run --help', 'To see the playbooks, run: swarm run --help -C /srv/p -i hosts.ini'],
  ['next: swarm task web motd text=hello --check', 'next: swarm task web motd text=hello --check -C /srv/p -i hosts.ini'],
  ['See `swarm runs logs last`.', 'See `swarm runs logs last -C /srv/p`.'],
  ['Write: swarm run build --plan ./a.json', 'Write: swarm run build --plan ./a.json -C /srv/p -i hosts.ini'],
])('a command in a hint gets the -C and -i that were given: %s', (hint, complete) => {
  expect(addGivenOptions(hint, both)).toBe(complete);
});

test.each([
  'To see the modules, read docs/modules.md.',
  'Run: swarm explain SW3001',
  'Run: swarm init',
  'If you trust it, name it: swarm -C /srv/p …',
  'swarm needs no agent.',
  'Run: swarm hosts list -C /other',
])('a hint without a command that reads the project stays as it is: %s', (hint) => {
  expect(addGivenOptions(hint, both)).toBe(hint);
});

test('nothing is added where nothing was given', () => {
  expect(addGivenOptions('Run: swarm hosts trust web1.', {})).toBe('Run: swarm hosts trust web1.');
});

test('a path with spaces or quotes is quoted for the shell', () => {
  expect(addGivenOptions('Run: swarm status', { directory: "/srv/my project's" })).toBe("Run: swarm status -C '/srv/my project'\\''s'");
});
