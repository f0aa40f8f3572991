import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildStanza } from '../../../src/gentoo/binhost/stanza.ts';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { fixtures, folders, sampleIndex } from '../samples.ts';

const samples = folders.flatMap((folder) =>
  sampleIndex(folder).index.packages.map((stanza) => ({ folder, path: stanza.get('PATH') ?? '', stanza })),
);

test.each(samples)('the entry made from $folder/$path is the one that Portage wrote', async ({ folder, path, stanza }) => {
  const { header } = sampleIndex(folder).index;
  const file = await readPackageFile(join(fixtures, folder, path));
  const made = buildStanza(file, { path, mtime: Number(stanza.get('MTIME')), buildId: file.buildId }, header);
  // Only the stanza added last has it, and Portage drops it again when it next reads the index.
  const written = [...stanza].filter(([key]) => key !== 'REPO_REVISIONS');
  expect([...made]).toEqual(written);
});

test('CHOST stands in the entry where the header does not say it', async () => {
  const { stanza, folder, path } = samples[0] ?? expect.unreachable();
  const file = await readPackageFile(join(fixtures, folder, path));
  const made = buildStanza(file, { path, mtime: 1, buildId: 1 }, new Map([['CHOST', 'aarch64-unknown-linux-gnu']]));
  expect(made.get('CHOST')).toBe('x86_64-pc-linux-gnu');
  expect(stanza.has('CHOST')).toBe(false);
});
