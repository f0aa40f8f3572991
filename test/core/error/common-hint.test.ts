import { expect, test } from 'vitest';
import { commonHint } from '../../../src/core/error/common-hint.ts';

const forHosts = (text: (host: string) => string, hosts: readonly string[] = ['d1', 'd2', 'd10']) =>
  commonHint(hosts.map((host) => ({ host, hint: text(host) })));

test.each([
  [(host: string) => `Run: swarm hosts trust ${host}`, 'Run: swarm hosts trust d1 d2 d10'],
  [
    (host: string) => `If it is right, run: swarm hosts trust ${host} --replace`,
    'If it is right, run: swarm hosts trust d1 d2 d10 --replace',
  ],
  [(host: string) => `Run: swarm hosts verify ${host}`, 'Run: swarm hosts verify d1,d2,d10'],
  [(host: string) => `Run: swarm exec ${host} -b -- id`, 'Run: swarm exec d1,d2,d10 -b -- id'],
  [(host: string) => `Run: swarm run sync -l ${host}`, 'Run: swarm run sync -l d1,d2,d10'],
  [(host: string) => `For the log, run: swarm runs logs x1 ${host}`, 'For the log, run: swarm runs logs x1 d1'],
  [(host: string) => `Look at the console of ${host}.`, 'Look at the console of d1, d2, d10.'],
  [() => 'Free space on its disk.', 'Free space on its disk.'],
])('one command for all hosts', (text, expected) => {
  expect(forHosts(text)).toBe(expected);
});

test('of different hints the first counts, with the hosts that have it', () => {
  expect(
    commonHint([
      { host: 'd1', hint: 'Run: swarm hosts trust d1' },
      { host: 'd2', hint: 'Run: swarm hosts verify d2' },
      { host: 'd3', hint: 'Run: swarm hosts trust d3' },
    ]),
  ).toBe('Run: swarm hosts trust d1 d3');
  expect(commonHint([])).toBeUndefined();
});
