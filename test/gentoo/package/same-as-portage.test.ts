import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { METADATA } from '../gpkg-builder.ts';
import { temporaryFolder } from '../samples.ts';
import { type Draft, draftOf, packGpkg, packXpak, plainMetadata } from './mutants/draft.ts';
import { type LooseEntry, longHeader, packLoose, paxHeader } from './mutants/loose-tar.ts';
import type { Packer, Seed } from './mutants/seed.ts';

const never = { int: () => 0, chance: () => false, pick: <T>(from: readonly T[]): T => from[0] as T };

function seedOf(format: Seed['format']): Seed {
  const root = format === 'gpkg' ? 'image' : '.';
  return {
    format,
    folder: 'made-1.0-1',
    values: new Map(Object.entries(METADATA).map(([key, value]) => [key, Buffer.from(value)])),
    image: [
      { name: format === 'gpkg' ? root : './', type: '5' },
      { name: `${root}/file`, content: Buffer.from('x') },
    ],
    bytes: Buffer.alloc(0),
  };
}

/** A sound package with one change. */
function made(format: Seed['format'], change: (draft: Draft) => void): string {
  const draft = draftOf(seedOf(format), never);
  draft.packers = { metadata: ['.gz', gzipSync], image: ['.gz', gzipSync] };
  change(draft);
  const file = join(temporaryFolder(), format === 'gpkg' ? 'made-1.0-1.gpkg.tar' : 'made-1.0-1.xpak');
  writeFileSync(file, format === 'gpkg' ? packGpkg(draft, never) : packXpak(draft));
  return file;
}

async function refused(format: Seed['format'], change: (draft: Draft) => void, text = ''): Promise<void> {
  const error = expect.objectContaining({ code: 'SW4003', message: expect.stringContaining(text) });
  await expect(readPackageFile(made(format, change))).rejects.toThrow(error);
}

const accepted = async (format: Seed['format'], change: (draft: Draft) => void): Promise<void> => {
  expect((await readPackageFile(made(format, change))).cpv.text).toBe('rig-app/made-1.0');
};

const file = (name: string): LooseEntry => ({ name, content: Buffer.from('x') });
const link = (name: string, linkName: string, type = '2'): LooseEntry => ({ name, linkName, type });
const patched = (at: number, text: string): LooseEntry => ({ ...file('metadata/X'), patch: [{ at, bytes: Buffer.from(text, 'latin1') }] });

describe('metadata that Portage would read otherwise are refused', () => {
  test.each<[string, readonly LooseEntry[]]>([
    ['a pax header that renames', [paxHeader({ path: 'metadata/CATEGORY' }), file('metadata/X')]],
    ['a pax header without a name', [paxHeader({ 'SCHILY.xattr.user.x': 'y' }), file('metadata/X')]],
    ['a pax header for all', [paxHeader({ path: 'metadata/CATEGORY' }, 'g'), file('metadata/X')]],
    ['a hard link', [link('metadata/X', 'metadata/SLOT', '1')]],
    ['a symbolic link', [link('metadata/X', 'SLOT')]],
    ['a folder, on which Portage crashes', [{ name: 'metadata/', type: '5' }]],
    ['a device', [{ name: 'metadata/X', type: '3' }]],
    ['a sparse file', [{ ...file('metadata/X'), type: 'S' }]],
    ['a file of the old type', [{ ...file('metadata/X'), type: '\0' }]],
    ['a value twice', [file('metadata/SLOT')]],
    ['a value twice by a long name', [longHeader('metadata/SLOT'), file('metadata/X')]],
    ['a long name without its member', [longHeader('metadata/X')]],
    ['two long names', [longHeader('metadata/X'), longHeader('metadata/Y'), file('metadata/Z')]],
    ['another form of a name', [file('./metadata/X')]],
    ['an absolute name', [file('/metadata/X')]],
    ['a name that climbs out', [file('metadata/../X')]],
    ['a value outside', [file('X')]],
    ['a value in a folder', [file('metadata/sub/X')]],
    ['a name that is not UTF-8', [{ name: Buffer.from([...Buffer.from('metadata/'), 0xff]), content: Buffer.from('x') }]],
    ['a prefix in a header of GNU tar', [{ ...file('X'), prefix: 'metadata', gnu: true }]],
    ['an owner that is not a number', [patched(108, 'zzzzzzz\0')]],
    ['a mode of blanks', [patched(100, '        ')]],
    ['an owner behind a NUL', [patched(108, '\x000644\0')]],
    ['a negative time', [patched(136, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff')]],
    ['another magic', [patched(257, 'ustar\0  ')]],
  ])('%s', (_, entries) => refused('gpkg', (draft) => void Object.assign(draft, { metadata: [...plainMetadata(draft), ...entries] })));

  test.each<[string, Buffer]>([
    ['no end', Buffer.alloc(0)],
    ['one zero block', Buffer.alloc(512)],
    ['bytes after the end', Buffer.concat([Buffer.alloc(1024), Buffer.from('x')])],
    ['a second archive after the end', Buffer.concat([Buffer.alloc(1024), packLoose([file('metadata/SLOT')])])],
    ['a megabyte of zeros, for which Portage waits for ever', Buffer.alloc(1024 * 1024)],
  ])('%s', async (_, end) => {
    // what packLoose adds would complete the end
    const whole = (bytes: Buffer): Buffer =>
      gzipSync(end.length <= 512 ? bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1 + end.length) : bytes);
    await refused('gpkg', (draft) => {
      draft.metadataEnd = end;
      draft.packers.metadata = ['.gz', whole];
    });
    await refused('gpkg', (draft) => {
      draft.imageEnd = end;
      draft.packers.image = ['.gz', whole];
    });
  });
});

describe.each(['gpkg', 'xpak'] as const)('the files of a %s', (format) => {
  const root = format === 'gpkg' ? 'image/' : './';
  const add =
    (...entries: readonly LooseEntry[]) =>
    (draft: Draft): void =>
      void draft.image.push(...entries);

  test.each<[string, readonly LooseEntry[]]>([
    ['an absolute name', [file('/etc/x')]],
    ['a name that climbs out', [file(`${root}../x`)]],
    ['a name with an empty part', [file(`${root}a//x`)]],
    ['a device', [{ name: `${root}dev`, type: '3' }]],
    ['a fifo', [{ name: `${root}fifo`, type: '6' }]],
    ['a sparse file', [{ ...file(`${root}x`), type: 'S' }]],
    ['a name twice', [file(`${root}file`)]],
    ['a folder in place of a file', [{ name: `${root}file`, type: '5' }]],
    ['a file in place of a folder', [file(`${root}d/x`), file(`${root}d`)]],
    ['a file below a file', [file(`${root}file/x`)]],
    ['a file through a link', [link(`${root}l`, '/etc'), file(`${root}l/x`)]],
    ['a hard link to outside', [link(`${root}h`, '/etc/passwd', '1')]],
    ['a hard link to a later file', [link(`${root}h`, `${root}later`, '1'), file(`${root}later`)]],
    ['a hard link to a link', [link(`${root}l`, 'file'), link(`${root}h`, `${root}l`, '1')]],
    ['a hard link to a folder', [{ name: `${root}d`, type: '5' }, link(`${root}h`, `${root}d`, '1')]],
    ['a hard link with content', [{ ...link(`${root}h`, `${root}file`, '1'), content: Buffer.from('x') }]],
    ['a link without a target', [link(`${root}l`, '')]],
    ['a part of a name over 255 bytes', [longHeader(`${root}${'n'.repeat(256)}`), file('x')]],
    ['a name too long to be unpacked', [longHeader(`${root}${'d/'.repeat(2000)}x`), file('x')]],
  ])('%s is refused', (_, entries) => refused(format, add(...entries)));

  test('links, hard links, long names and folders after their files are read', () =>
    accepted(
      format,
      add(
        link(`${root}l`, '/nowhere'),
        link(`${root}h`, `${root}file`, '1'),
        longHeader(`${root}${'long/'.repeat(50)}x`),
        file('x'),
        file(`${root}d/x`),
        { name: `${root}d`, type: '5' },
      ),
    ));

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut', (bytes) => bytes.subarray(0, bytes.length - 3)],
    ['with bytes behind', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    ['with a wrong checksum', (bytes) => Buffer.concat([bytes.subarray(0, -6), Buffer.from([1, 2]), bytes.subarray(-4)])],
    ['with a stream of another format behind', (bytes) => Buffer.concat([bytes, gzipSync('')])],
    ['empty', () => Buffer.alloc(0)],
  ])('packed and %s are refused', async (_, change) => {
    for (const packer of COMMON) {
      if (packer[0] === '.gz' && change(Buffer.from('12345678')).length > 12) continue; // a second gzip stream is allowed
      await refused(format, (draft) => {
        draft.packers.image = packer;
        draft.spoilPacked.image = change;
      });
    }
  });

  test('in two streams are read, as a parallel compressor writes them', async () => {
    for (const [suffix, pack] of COMMON) {
      const halves = (bytes: Buffer): Buffer => Buffer.concat([pack(bytes.subarray(0, 700)), pack(bytes.subarray(700))]);
      await accepted(format, (draft) => void Object.assign(draft.packers, { image: [suffix, halves] }));
    }
  });

  test(
    'that unpack to more than the limit are refused, and the limit is named',
    () =>
      refused(
        format,
        (draft) => {
          draft.image.push({ name: `${root}big`, size: 3 * 1024 ** 3 });
          draft.packers.image = ['.zst', (bytes) => zeros(bytes.subarray(0, 2048), '3G')];
        },
        'bytes, the limit',
      ),
    60_000,
  );

  test('that need a window of more than 128 MiB are refused', () =>
    refused(
      format,
      (draft) => {
        draft.packers.image = ['.zst', (bytes) => run('zstd', ['-q', '-c', '--ultra', '--long=28'], bytes)];
      },
      'window of more than 128 MiB',
    ));
});

const run = (program: string, args: readonly string[], input: Buffer): Buffer => spawnSync(program, args, { input }).stdout;
const COMMON: readonly Packer[] = [
  ['.gz', gzipSync],
  ['.zst', (bytes) => run('zstd', ['-q', '-c'], bytes)],
  ['.xz', (bytes) => run('xz', ['-c'], bytes)],
  ['.bz2', (bytes) => run('bzip2', ['-c'], bytes)],
];

/** The archive, up to the header of a large file, and its zeros. */
function zeros(archive: Buffer, size: string): Buffer {
  return spawnSync('sh', ['-c', `(cat; head -c ${size} /dev/zero) | zstd -q -c -1`], { input: archive }).stdout;
}

describe('a gpkg in a compression', () => {
  test.each<[string, Packer]>([
    ['that is none: a client runs its own BINPKG_COMPRESS on it', ['', (bytes) => bytes]],
    ['that a client need not have', ['.lz4', (bytes) => bytes]],
    ['that is not the one of its name', ['.zst', gzipSync]],
    ['of xz under the name of zstd', ['.zst', (bytes) => run('xz', ['-c'], bytes)]],
  ])('%s is refused', async (_, packer) => {
    await refused('gpkg', (draft) => void Object.assign(draft.packers, { image: packer }));
    await refused('gpkg', (draft) => void Object.assign(draft.packers, { metadata: packer }));
  });

  test.each(COMMON)('%s is read', async (...packer) => {
    await accepted('gpkg', (draft) => void Object.assign(draft, { packers: { metadata: packer, image: packer } }));
  });

  test('is read with skippable frames of zstd', async () => {
    const frame = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);
    const zstd = COMMON[1] ?? expect.unreachable();
    await accepted('gpkg', (draft) => {
      draft.packers.image = zstd;
      draft.spoilPacked.image = (bytes) => Buffer.concat([frame, bytes, frame]);
    });
    // Portage does not know the compression of such an xpak.
    await refused('xpak', (draft) => {
      draft.packers.image = zstd;
      draft.spoilPacked.image = (bytes) => Buffer.concat([frame, bytes]);
    });
  });
});

test('a gpkg whose folder is not of its package is refused', () =>
  refused('gpkg', (draft) => void Object.assign(draft, { folder: 'other-1.0-1' })));
test('a gpkg with two images is refused', () =>
  refused('gpkg', (draft) => void Object.assign(draft, { container: (all: LooseEntry[]) => [...all, file('made-1.0-1/image.tar.xz')] })));
test('a gpkg with files outside image/ is refused', () => refused('gpkg', (draft) => void draft.image.push(file('outside'))));
test('a gpkg without the folder image is refused', () => refused('gpkg', (draft) => void Object.assign(draft, { image: [] })));
test('an xpak with pax headers, as tar writes for extended attributes, is read', () =>
  accepted('xpak', (draft) => void draft.image.push(paxHeader({ path: './renamed', 'SCHILY.xattr.user.x': 'y' }), file('./short'))));
test('an xpak that is not compressed is read', () =>
  accepted('xpak', (draft) => void Object.assign(draft.packers, { image: ['', (bytes: Buffer) => bytes] })));

test('an xpak that begins like a gpkg is refused: Portage takes it for one', () =>
  refused('xpak', (draft) => {
    draft.packers.image = ['', (bytes) => bytes];
    draft.image = [{ name: './gpkg-1', content: Buffer.from('x') }];
  }));

describe('a value that Portage reads otherwise, or not at all, is refused', () => {
  test.each([
    ['CATEGORY', 'rig\0-app'],
    ['CATEGORY', 'rig app'],
    ['CATEGORY', 'rig\napp\n'],
    ['PF', 'made-1.0 \u2028'],
    ['PF', '../made-1.0'],
    ['PF', 'made'],
    ['SLOT', ''],
    ['SLOT', '0 1'],
    ['SLOT', '0/1/2'],
    ['SLOT', '-1'],
    ['SLOT', '0\u00a0'],
    ['BUILD_ID', '01'],
    ['BUILD_ID', '1 2'],
    ['BUILD_ID', '1\0'],
    ['BUILD_TIME', 'now'],
    ['EAPI', '9-pre1'],
    ['EAPI', '8 8'],
    ['EAPI', '\n'],
    ['repository', 'rig::x'],
    ['repository', '-rig'],
    ['repository', '__unknown__'],
    ['USE', 'gui\x1cdoc'],
    ['CFLAGS', '-O2\x1f-g'],
    ['KEYWORDS', 'amd64\u0085'],
    ['PROVIDES', 'libc.so.6'],
    ['REQUIRES', 'x86_64:'],
    ['REQUIRES', 'x86_64: a x86_64: b'],
    ['RDEPEND', 'rig-libs/base::rig'],
    ['RDEPEND', 'rig-libs/base[gui(+),gui]'],
    ['RDEPEND', 'gui? ( rig-libs/base-1.0 )'],
    ['RDEPEND', 'rig-libs/base[-gui?]'],
    ['RDEPEND', '? ( rig-libs/base )'],
    ['RDEPEND', '^^ ( rig-libs/base )'],
    ['LICENSE', '( MIT'],
    ['LICENSE', '^^ ( MIT BSD )'],
  ])('%s=%j', async (key, value) => {
    const change = (draft: Draft): void => {
      draft.values = [...draft.values.filter(([name]) => name !== key), [key, Buffer.from(value)]];
    };
    await refused('gpkg', change);
    await refused('xpak', change);
  });

  test.each([
    ['0', 'rig-libs/base:0'],
    ['1', 'rig-libs/base[gui]'],
    ['1', '!!rig-libs/base'],
    ['3', 'rig-libs/base[gui(+)]'],
    ['4', 'rig-libs/base:0/1'],
    ['4', 'rig-libs/base:='],
  ])('in EAPI %s: %s', (eapi, atom) =>
    refused(
      'gpkg',
      (draft) => {
        draft.values = [...draft.values.filter(([name]) => name !== 'EAPI'), ['EAPI', Buffer.from(eapi)], ['RDEPEND', Buffer.from(atom)]];
      },
      'EAPI',
    ),
  );

  test('that is not UTF-8', () => refused('gpkg', (draft) => void draft.values.push(['DESCRIPTION', Buffer.from([0x61, 0xff])])));
});

test('what is compared later has its types', async () => {
  const { values } = await readPackageFile(
    made('gpkg', (draft) => {
      draft.values = [...draft.values.filter(([name]) => name !== 'SLOT'), ['SLOT', Buffer.from('2/5\n')], ['USE', Buffer.from('b  a\n')]];
    }),
  );
  expect(values).toMatchObject({
    category: 'rig-app',
    pf: 'made-1.0',
    slot: '2',
    subSlot: '5',
    use: ['b', 'a'],
    eapi: '8',
    buildId: 1,
    buildTime: 0,
  });
});

describe('an xpak', () => {
  test.each<[string, NonNullable<Draft['index']>]>([
    ['with a value twice', (all) => [...all, { name: Buffer.from('SLOT'), from: 0, length: 1 }]],
    ['with a value beyond its data', (all) => all.map((one) => ({ ...one, length: 100_000 }))],
    ['with a name in a folder', (all) => [...all, { name: Buffer.from('a/b'), from: 0, length: 1 }]],
    ['with a name that climbs out', (all) => [...all, { name: Buffer.from('..'), from: 0, length: 1 }]],
    ['with an empty name', (all) => [...all, { name: Buffer.alloc(0), from: 0, length: 1 }]],
    ['with a name that is not UTF-8', (all) => [...all, { name: Buffer.from([0xff]), from: 0, length: 1 }]],
  ])('%s is refused', (_, index) => refused('xpak', (draft) => void Object.assign(draft, { index })));
});
