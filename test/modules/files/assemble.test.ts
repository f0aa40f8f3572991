import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import assemble from '../../../modules/files/assemble.ts';
import { makeFolder } from '../../setup/project-folder.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

const PARTS = { 'files/parts/20-b': 'two\n', 'files/parts/10-a': 'one', 'files/parts/.30-c': 'three', 'files/parts/x/40': 'not a part' };

test.each([
  [{}, 'three\none\ntwo\n'],
  [{ ignore_hidden: true, delimiter: '# --' }, 'one\n# --\ntwo\n'],
  [{ regexp: '^2' }, 'two\n'],
])('assemble %j joins the files in order, each on a line of its own, on the host and on this machine', async (more, text) => {
  const dir = makeFolder(PARTS);
  const remote = createLocalHost(dir);
  for (const place of [{ src: join(dir, 'files/parts') }, { src: 'parts', remote_src: false }]) {
    const args = { ...place, ...more, dest: join(dir, place.src === 'parts' ? 'own' : 'host') };
    expect((await driveModule(assemble.run(remote, assemble.args.parse(args)), remote)).changes).toHaveLength(1);
    expect((await driveModule(assemble.run(remote, assemble.args.parse(args)), remote)).changes).toEqual([]);
    expect(readFileSync(args.dest, 'utf8')).toBe(text);
  }
});

test('assemble names a folder that is not there', async () => {
  const remote = createLocalHost(makeFolder({}));
  await expect(driveModule(assemble.run(remote, assemble.args.parse({ src: '/none', dest: '/x' })), remote)).rejects.toMatchObject({
    code: 'SW6012',
    lacks: { kind: 'path', name: '/none' },
  });
});
