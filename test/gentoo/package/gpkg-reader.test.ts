import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { cases } from '../../setup/cases.ts';
import { longNamed, METADATA, type Member, manifestLine, soundMembers, tar, writeTemporary } from '../gpkg-builder.ts';
import { candidates, fixtures, folders, temporaryFolder } from '../samples.ts';

const gpkgs = folders.filter((folder) => folder.startsWith('gpkg')).flatMap((folder) => candidates(folder));

test.each(gpkgs)('$file is sound', async ({ file, cpv, size, sha256 }) => {
  const read = await readPackageFile(file);
  expect(read).toMatchObject({ format: 'gpkg', size, digests: { sha256 }, signed: file.includes('gpkg-signed') });
  expect(read.cpv.text).toBe(cpv);
  expect(read.metadata.get('repository')).toBe('rig');
});

const refused = async (members: readonly Member[], code = 'SW4003', text = ''): Promise<void> => {
  const error = expect.objectContaining({ code, message: expect.stringContaining(text) });
  await expect(readPackageFile(writeTemporary(tar(members)))).rejects.toThrow(error);
};

const without = (name: string): Member[] => soundMembers().filter((member) => !member.name.endsWith(name));
const renamed = (from: string, to: string): Member[] =>
  soundMembers().map((member) => (member.name.endsWith(from) ? { ...member, name: to } : member));
const manifest = (change: (text: string) => string): Member[] =>
  soundMembers().map((member) =>
    member.name.endsWith('Manifest') ? { ...member, content: Buffer.from(change(member.content.toString())) } : member,
  );

describe('a hand-made package', () => {
  test('is read', async () => {
    const read = await readPackageFile(writeTemporary(tar(soundMembers())));
    expect(read).toMatchObject({ cpv: { text: 'rig-app/made-1.0' }, buildId: 1 });
  });

  test('is read with its members in any order', async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(soundMembers(), { minLength: 4 }), async (members) => {
        const file = join(folder, 'any.gpkg.tar');
        writeFileSync(file, tar(members));
        expect((await readPackageFile(file)).cpv.text).toBe('rig-app/made-1.0');
      }),
      { numRuns: 24 },
    );
  });

  test('is read with GNU long names and base-256 sizes', async () => {
    const long = `made-${'1'.repeat(120)}`;
    const members = soundMembers({ ...METADATA, PF: `${long}\n` }, `${long}-1`).flatMap((member) =>
      longNamed(member.name, member.content).map((one) => ({ ...one, wide: true })),
    );
    expect((await readPackageFile(writeTemporary(tar(members)))).cpv.text).toBe(`rig-app/${long}`);
  });

  test('is read with its folder in the prefix field', async () => {
    const members = soundMembers().map((member) => ({ ...member, prefix: 'made-1.0-1', name: member.name.split('/')[1] ?? '' }));
    expect((await readPackageFile(writeTemporary(tar(members)))).cpv.text).toBe('rig-app/made-1.0');
  });

  test('is refused with another folder for one member', () =>
    refused(renamed('image.tar.gz', 'other-1.0-1/image.tar.gz'), 'SW4003', 'two folders'));
  test('is refused with an absolute name', () => refused(renamed('image.tar.gz', '/etc/passwd')));
  test('is refused with a name that climbs out', () => refused(renamed('image.tar.gz', '../image.tar.gz')));
  test('is refused with a deeper member', () => refused(renamed('image.tar.gz', 'made-1.0-1/x/image.tar.gz')));
  test('is refused with a member in no folder', () => refused(renamed('image.tar.gz', 'image.tar.gz')));
  test('is refused with a member twice', () => refused([...soundMembers(), soundMembers()[2] ?? expect.unreachable()], 'SW4003', 'twice'));
  test('is refused without gpkg-1', () => refused(without('gpkg-1'), 'SW4003', 'gpkg-1'));
  test('is refused without a Manifest', () => refused(without('Manifest'), 'SW4003', 'Manifest'));
  test('is refused without a member of the Manifest', () => refused(without('image.tar.gz'), 'SW4003', 'image.tar.gz'));
  test('is refused with a member that the Manifest lacks', () =>
    refused([...soundMembers(), { name: 'made-1.0-1/image.tar.gz.sig', content: Buffer.from('x') }], 'SW4003', 'not in the Manifest'));
  test('is refused with a link for a member', () => refused(soundMembers().map((member) => ({ ...member, type: '2' }))));
  test('is refused where a size differs', () =>
    refused(
      manifest((text) => text.replace(/(image.tar.gz) \d+/, '$1 7')),
      'SW4003',
      'bytes',
    ));
  test('is refused where a BLAKE2B differs', () =>
    refused(
      manifest((text) => text.replace(/(image\S+ \d+ BLAKE2B )./, '$1f').replace(/(metadata\S+ \d+ BLAKE2B )./, '$10')),
      'SW4003',
      'BLAKE2B',
    ));
  test('is refused where a SHA512 differs', () =>
    refused(
      manifest((text) => text.replace(/(SHA512 .*)...\n/g, '$1000\n')),
      'SW4003',
      'SHA512',
    ));
  test('is refused where no digest is one that is known', () => refused(manifest((text) => text.replace(/ (BLAKE2B|SHA512) \w+/g, ''))));
  test.each(['BLAKE2B', 'SHA512'])('is refused where %s is missing: Portage crashes', (digest) =>
    refused(
      manifest((text) => text.replace(new RegExp(` ${digest} \\w+`), '')),
      'SW4003',
      digest,
    ),
  );
  test('is refused where its metadata name no package', () =>
    refused(soundMembers({ ...METADATA, PF: '../../x' }), 'SW4003', 'CATEGORY and PF'));
  test('is refused where its members are signed and the Manifest is not', () => {
    const signature = { name: 'image.tar.gz.sig', content: Buffer.from('x') };
    const members = manifest((text) => text + manifestLine(signature.name, signature.content));
    return refused([...members, { ...signature, name: `made-1.0-1/${signature.name}` }], 'SW4003', 'signed');
  });
  test('is refused with a compression that is not read here, and the hint says which are', async () => {
    const members = soundMembers().map((member) => ({
      ...member,
      name: member.name.replace('metadata.tar.gz', 'metadata.tar.lz4'),
      content: member.name.endsWith('Manifest')
        ? Buffer.from(member.content.toString().replace('metadata.tar.gz', 'metadata.tar.lz4'))
        : member.content,
    }));
    await expect(readPackageFile(writeTemporary(tar(members)))).rejects.toThrow(
      expect.objectContaining({ code: 'SW4003', hint: expect.stringContaining('BINPKG_COMPRESS') }),
    );
  });
});

test('zstd that would unpack to gigabytes is refused before it does', async () => {
  // One frame, window of 2 GiB, RLE blocks of 128 KiB each in four bytes.
  const block = Buffer.from([0x02, 0x00, 0x10, 0x00]);
  const last = Buffer.from([0x03, 0x00, 0x10, 0x00]);
  const bomb = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8]), ...Array<Buffer>(20_000).fill(block), last]);
  const members = soundMembers().filter(({ name }) => /gpkg-1|image/.test(name));
  const lines = [...members, { name: 'x/metadata.tar.zst', content: bomb }].map(({ name, content }) =>
    manifestLine(name.split('/')[1] ?? '', content),
  );
  await refused([
    ...members,
    { name: 'made-1.0-1/metadata.tar.zst', content: bomb },
    { name: 'made-1.0-1/Manifest', content: Buffer.from(lines.join('')) },
  ]);
});

test('a package of 300 MB is read with little memory', async () => {
  const image = join(temporaryFolder(), 'image.tar.zst');
  const pack = `mkdir image && head -c 314572800 /dev/urandom > image/big && tar -c image | zstd -1 > "$1"`;
  execFileSync('sh', ['-c', pack, 'sh', image], { cwd: temporaryFolder() });
  const file = buildBig(image);
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  expect((await readPackageFile(file)).size).toBeGreaterThan(300 * 1024 * 1024);
  clearInterval(watch);
  expect(most - before).toBeLessThan(100 * 1024 * 1024);
}, 60_000);

test.each(gpkgs.filter(({ file }) => /right-1.0-1|flagged-1.0-2|rigtool/.test(basename(file))))(
  'no bit of $file can be turned unseen',
  async ({ file }) => {
    const good = readFileSync(file);
    const spoilt = join(temporaryFolder(), 'spoilt.gpkg.tar');
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
        const bad = Buffer.from(good);
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(spoilt, bad);
        await expect(readPackageFile(spoilt)).rejects.toThrow(expect.objectContaining({ code: expect.stringMatching(/^SW400[23]$/) }));
      }),
      { numRuns: cases(400) },
    );
  },
);

test('a package cut anywhere before its last padding is refused', async () => {
  const good = readFileSync(join(fixtures, 'gpkg-multi/rig-libs/right/right-1.0-1.gpkg.tar'));
  const content = good.length - trailingZeros(good) + 512;
  const cut = join(temporaryFolder(), 'cut.gpkg.tar');
  await fc.assert(
    fc.asyncProperty(fc.nat(content), async (length) => {
      writeFileSync(cut, good.subarray(0, length));
      await expect(readPackageFile(cut)).rejects.toThrow(expect.objectContaining({ code: expect.stringMatching(/^SW400[23]$/) }));
      if (length > 512) await expect(readPackageFile(cut)).rejects.toThrow(expect.objectContaining({ code: 'SW4002' }));
    }),
    { numRuns: cases(300) },
  );
});

test.each([
  ['an empty file, as failed packaging leaves it', '', 'SW4002'],
  ['a page of HTML', '<html>404</html>', 'SW4003'],
  ['a file of zeros', '\0'.repeat(20480), 'SW4003'],
])('%s is not a package', async (_, content, code) => {
  await expect(readPackageFile(writeTemporary(Buffer.from(content)))).rejects.toThrow(expect.objectContaining({ code }));
});

function trailingZeros(bytes: Buffer): number {
  let count = 0;
  while (bytes[bytes.length - 1 - count] === 0) count++;
  return count;
}

/** GNU tar packs it, so that nothing here holds 300 MB; the Manifest is made by coreutils. */
function buildBig(image: string): string {
  const dir = temporaryFolder();
  const members = soundMembers().filter(({ name }) => /gpkg-1|metadata/.test(name));
  const script = `mkdir made-1.0-1 && mv "$1" made-1.0-1/image.tar.zst && cp "$2"/* made-1.0-1/ && cd made-1.0-1 &&
for f in gpkg-1 metadata.tar.gz image.tar.zst; do
  printf 'DATA %s %s BLAKE2B %s SHA512 %s\\n' "$f" "$(stat -c %s "$f")" "$(b2sum < "$f" | cut -d' ' -f1)" "$(sha512sum < "$f" | cut -d' ' -f1)"
done > Manifest && cd .. && tar --format=ustar -cf big.gpkg.tar made-1.0-1/gpkg-1 made-1.0-1/metadata.tar.gz made-1.0-1/image.tar.zst made-1.0-1/Manifest`;
  const parts = temporaryFolder();
  for (const { name, content } of members) writeFileSync(join(parts, name.split('/')[1] ?? ''), content);
  execFileSync('sh', ['-c', script, 'sh', image, parts], { cwd: dir });
  return join(dir, 'big.gpkg.tar');
}
