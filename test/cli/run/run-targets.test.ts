import { afterEach, expect, test, vi } from 'vitest';
import { printRunTargets } from '../../../src/cli/run/run-targets.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { fakeModules } from '../../language/fake-modules.ts';

afterEach(() => void vi.restoreAllMocks());

test('--list-tags names each tag of the selected tasks once', async () => {
  const tasks = '[{ ping: {}, tags: [b, a] }, { block: [{ ping: {}, tags: b }, { ping: {}, tags: c }] }, { ping: {}, tags: never }]';
  const playbook = await parsePlaybook('/tmp/site.yml', `- hosts: all\n  tags: web\n  tasks: ${tasks}\n`, fakeModules);
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const print = (flags: object): number =>
    printRunTargets(playbook, {} as never, {}, { listTags: true, output: 'json', verbose: 0, quiet: false, ...flags } as never);
  expect(print({})).toBe(0);
  print({ tags: ['c'] });
  const tags = written.map((text) => (JSON.parse(text) as { plays: readonly { tags: readonly string[] }[] }).plays[0]?.tags);
  expect(tags).toEqual([
    ['a', 'b', 'c', 'web'],
    ['c', 'web'],
  ]);
});
