import { describe, expect, test } from 'vitest';
import { formatIndex, isSafePath, normalizeIndex, parseIndex } from '../../../src/gentoo/binhost/packages-index.ts';
import { folders, sampleIndex } from '../samples.ts';

describe.each(folders)('the index of %s', (folder) => {
  const { text, index } = sampleIndex(folder);

  test('is the same bytes after reading and writing', () => {
    expect(formatIndex(index)).toBe(text);
  });

  test('is in the order that we too would write', () => {
    const shuffled = {
      header: new Map([...index.header].reverse()),
      packages: [...index.packages].reverse().map((one) => new Map([...one].reverse())),
    };
    expect(formatIndex(normalizeIndex(shuffled, Number(index.header.get('TIMESTAMP'))))).toBe(text);
  });

  test('is refused wherever it is cut', () => {
    for (let length = 0; length < text.length; length += 7) {
      expect(() => parseIndex(text.slice(0, length))).toThrow(expect.objectContaining({ code: 'SW4006' }));
    }
  });
});

const good = 'PACKAGES: 1\nTIMESTAMP: 1\nVERSION: 0\n\nCPV: a/b-1\nPATH: a/b/b-1-1.gpkg.tar\n\n';

test('a small index is read', () => {
  expect(parseIndex(good).packages[0]?.get('CPV')).toBe('a/b-1');
});

test.each([
  ['CR line ends', good.replaceAll('\n', '\r\n')],
  ['another version', good.replace('VERSION: 0', 'VERSION: 1')],
  ['no timestamp', good.replace('TIMESTAMP: 1\n', '')],
  ['a malformed CPV, which crashes every client', good.replace('a/b-1\n', 'a/b\n')],
  ['a PATH that leads out', good.replace('a/b/b-1-1', '../../tmp/x')],
  ['an absolute PATH', good.replace('a/b/b-1-1', '/tmp/x')],
  ['no PATH', good.replace(/PATH.*\n/, '')],
  ['two blank lines, where Portage would stop reading', good.replace('\n\n', '\n\n\n')],
  ['a line without a colon', good.replace('VERSION', 'nonsense\nVERSION')],
  ['another number of entries than it says', good.replace('PACKAGES: 1', 'PACKAGES: 2')],
  ['one key twice', good.replace('VERSION: 0', 'VERSION: 0\nVERSION: 0')],
])('an index with %s is refused', (_, text) => {
  expect(() => parseIndex(text)).toThrow(expect.objectContaining({ code: 'SW4006' }));
});

test.each([
  '../x.xpak',
  '/x.xpak',
  'a/../x.xpak',
  'a//x.xpak',
  '.swarm/lock.xpak',
  'a/.hidden.xpak',
  'a/x\n.xpak',
  'Packages',
  'a/x.sh',
  '',
])('%j is not a path of a package', (path) => {
  expect(isSafePath(path)).toBe(false);
});
