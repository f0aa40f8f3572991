import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLabProject, journalOf, type LabProject, published } from '../lab-project.ts';

/** Many packages over several hosts: one that fails takes with it only what needs it. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(2);
});
afterAll(() => project[Symbol.asyncDispose]());

/** emerge of this drone fails on what matches, in Portage's words. */
function breakEmerge(name: string, pattern: string): void {
  const file = join(project.drone(name).dir, 'bin/emerge');
  const lines = [
    `case "$*" in *buildpkgonly*${pattern}*)`,
    `  echo '>>> Emerging (1 of 1) ${pattern}::demo'; echo ' * ERROR: ${pattern}::demo failed (compile phase):'`,
    `  echo ' *   this machine is too old for it'; echo '>>> Failed to emerge ${pattern}, Log file:'; exit 1;;`,
    'esac',
  ];
  writeFileSync(file, readFileSync(file, 'utf8').replace('#!/bin/sh\n', `#!/bin/sh\n${lines.join('\n')}\n`));
}

test('a dependency that fails: what needs it is skipped and says why, other branches go on', async () => {
  for (const name of ['d1', 'd2']) breakEmerge(name, 'demo-libs/zip-1.3.1');
  const { exit, json } = await project.json('run', 'build', 'demo-libs/draw', 'demo-libs/vector', 'demo-libs/text');
  expect(exit).toBe(2);
  const status = Object.fromEntries(json.items.map((item) => [item.id, item.status]));
  expect(status).toEqual({
    'demo-libs/base-2.1-r1': 'published',
    'demo-dev/generator-1.4': 'published',
    'demo-libs/zip-1.3.1': 'failed',
    'demo-libs/draw-3.2': 'skipped',
    'demo-libs/vector-3.0': 'published',
    'demo-libs/text-0.9_rc2': 'published',
  });
  expect(json.errors.map(({ code, message }) => [code, message])).toEqual([['SW6003', expect.stringContaining('demo-libs/zip-1.3.1')]]);
  expect(journalOf(project.dir)).toContainEqual(
    expect.objectContaining({ type: 'item.skipped', item: 'demo-libs/draw-3.2', because: 'demo-libs/zip-1.3.1' }),
  );
  expect(published(project.dir).map(({ cpv }) => cpv)).toEqual(json.published.map(({ cpv }) => cpv).sort());
  const attempts = json.items.find(({ id }) => id === 'demo-libs/zip-1.3.1');
  expect(attempts?.attempts).toBe(2); // once on each host, and not again where it failed
});

test('what fails on one host and succeeds on another is published, and the run is well', async () => {
  const other = await project.another();
  breakEmerge('d1', 'demo-libs/base-2.1-r1');
  const { exit, json } = await other.json('run', 'build', 'demo-libs/base');
  expect([exit, json.errors]).toEqual([0, []]);
  expect(json.items).toMatchObject([{ id: 'demo-libs/base-2.1-r1', status: 'published', host: 'd2' }]);
  const tries = journalOf(other.dir).flatMap((event) => (event.type === 'item.started' ? [`${event.item} ${event.host}`] : []));
  expect(tries).toEqual(['demo-libs/base-2.1-r1 d1', 'demo-libs/base-2.1-r1 d2']);
  expect(published(other.dir).map(({ cpv }) => cpv)).toEqual(['demo-libs/base-2.1-r1']);
});
