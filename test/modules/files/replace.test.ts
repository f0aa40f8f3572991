import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import replace from '../../../modules/files/replace.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'swarm-replace-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const TEXT = '[a]\nx=1\n[b]\nx=1\n[c]\nx=1\n';

test.each([
  ['after and before', { after: '\\[b\\]', before: '\\[c\\]' }, '[a]\nx=1\n[b]\nx=2\n[c]\nx=1\n', 1],
  ['after', { after: '\\[b\\]' }, '[a]\nx=1\n[b]\nx=2\n[c]\nx=2\n', 2],
  ['before', { before: '\\[b\\]' }, '[a]\nx=2\n[b]\nx=1\n[c]\nx=1\n', 1],
  ['neither', {}, '[a]\nx=2\n[b]\nx=2\n[c]\nx=2\n', 3],
  ['a part that is not there', { after: '\\[d\\]' }, TEXT, 0],
])('replace searches the part that %s name', async (_, args, expected, matches) => {
  const path = join(base, 'file');
  writeFileSync(path, TEXT);
  const wanted = replace.args.parse({ path, regexp: '^x=1$', replace: 'x=2', ...args });
  const remote = createLocalHost(base);
  expect((await driveModule(replace.run(remote, wanted), remote)).result).toMatchObject({ matches });
  expect(readFileSync(path, 'utf8')).toBe(expected);
  expect((await driveModule(replace.run(remote, wanted), remote)).changes).toEqual([]);
});
