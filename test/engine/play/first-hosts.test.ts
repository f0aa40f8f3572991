import { expect, test } from 'vitest';
import { findFirstHosts } from '../../../src/engine/play/first-hosts.ts';
import type { RunOptions } from '../../../src/engine/run.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { createFleet } from '../fleet.ts';
import { testModules } from '../modules.ts';

const { inventory } = createFleet('a', 'b', 'c');
const play = (more: string): string => `plays: [{ hosts: drones, tasks: [{ command: work, tags: [slow] }], ${more} }]`;

const namesOf = async (yaml: string, options: Partial<RunOptions> = {}): Promise<readonly string[]> => {
  const playbook = await parsePlaybook('test.yml', yaml, testModules);
  const all = { check: false, diff: false, forks: 10, tags: [], skipTags: [], ...options };
  return findFirstHosts(playbook, {}, all, inventory, Date.now()).map(({ name }) => name);
};

test('all hosts of the first play, within the limit and the forks', async () => {
  expect(await namesOf(play('name: all'))).toEqual(['a', 'b', 'c']);
  expect(await namesOf(play('name: all'), { forks: 2 })).toEqual(['a', 'b']);
  expect(await namesOf(play('name: all'), { limit: 'c' })).toEqual(['c']);
});

test.each([
  ['it connects batch by batch', play('serial: 1'), {}],
  ['it connects until one host answers', play('run_once: true'), {}],
  ['the tags select no task', play('name: all'), { skipTags: ['slow'] }],
  ['the limit is wrong, so the run refuses to start', play('name: all'), { limit: 'nobody' }],
  ['the play logs in as another user', play('remote_user: root'), {}],
  ['the play has a port of its own', play('port: 2222'), {}],
  ['--allow-protected may be wrong', play('name: all'), { allowProtected: 'a' }],
])('none where %s', async (_, yaml, options) => {
  expect(await namesOf(yaml, options as Partial<RunOptions>)).toEqual([]);
});
