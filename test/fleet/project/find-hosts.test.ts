import { expect, test } from 'vitest';
import { collectOverview } from '../../../src/fleet/overview/overview.ts';
import { findHosts } from '../../../src/fleet/project/project.ts';
import { makeHost } from '../inventory-hosts.ts';
import { temporaryProject } from '../runs/written-run.ts';

const here = makeHost('localhost', { routes: [{ kind: 'here' }] });

test('--limit alone selects the hosts, this machine too; with a pattern it takes hosts away', () => {
  using project = temporaryProject(here, makeHost('a'), makeHost('b'));
  const names = (pattern: string | undefined, limit?: string): readonly string[] =>
    findHosts(project, pattern, limit === undefined ? {} : { limit }).map(({ name }) => name);
  expect(names(undefined)).toEqual(['a', 'b']);
  expect(names(undefined, 'localhost')).toEqual(['localhost']);
  expect(names('all', 'b')).toEqual(['b']);
  expect(() => names('a', 'b')).toThrow(expect.objectContaining({ code: 'SW1204' }));
});

test('in a project without hosts `swarm status -l localhost` shows this machine', async () => {
  using project = temporaryProject(here);
  expect((await collectOverview(project)).hosts).toEqual([]);
  const limited = await collectOverview(project, new Set(['localhost']));
  expect(limited.hosts).toEqual([expect.objectContaining({ name: 'localhost', status: 'trusted' })]);
});
