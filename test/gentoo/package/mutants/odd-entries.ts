import type { Random } from '../random.ts';
import { type LooseEntry, longHeader, packLoose, paxHeader } from './loose-tar.ts';

/** Headers and ends that a reader may take in two ways. */
function oddEntry(entry: LooseEntry, random: Random): readonly [string, LooseEntry[]] {
  const name = String(entry.name);
  const number = random.pick([100, 108, 116, 124, 136, 329, 337]);
  const junk = random.pick([
    '8888888',
    'zzz',
    '-1',
    '',
    ' 7 ',
    '0o7',
    '1_0',
    '77 77',
    '\x80\0\0\0\0\0\0\x07',
    '\xff\xff\xff\xff\xff\xff\xff\xff',
    '\x80\x7f\xff\xff\xff\xff\xff\xff',
    '7777777',
  ]);
  const kinds: readonly (readonly [string, () => LooseEntry[]])[] = [
    ['twice', () => [entry, { ...entry, content: Buffer.from('rig-evil\n') }]],
    [
      'type',
      () => [
        {
          ...entry,
          type: random.pick(['0', '\0', '1', '2', '3', '4', '5', '6', '7', 'g', 'x', 'X', 'S', 'D', 'V', 'N', 'M', 'K', 'L', 'A', 'z']),
        },
      ],
    ],
    [
      'link',
      () => [
        {
          ...entry,
          content: Buffer.alloc(0),
          type: random.pick(['1', '2']),
          linkName: random.pick(['', name, 'metadata/SLOT', '/nonexistent/swarm', 'image', 'a\u00e9', '../../nonexistent', './x']),
        },
      ],
    ],
    [
      'pax path',
      () => [paxHeader({ path: random.pick(['metadata/CATEGORY', 'metadata/x', `${name}x`, '../x', '/nonexistent/x', 'image/y']) }), entry],
    ],
    ['pax size', () => [paxHeader({ size: String(random.int(600)) }), entry]],
    ['pax link', () => [paxHeader({ linkpath: 'x' }), entry]],
    ['pax other', () => [paxHeader({ mtime: '1.5', 'SCHILY.xattr.user.x': 'y' }), entry]],
    [
      'pax odd',
      () => [paxHeader({ [random.pick(['GNU.sparse.name', 'GNU.sparse.major', 'hdrcharset', 'comment'])]: 'metadata/SLOT' }), entry],
    ],
    ['pax global', () => [paxHeader({ path: 'metadata/CATEGORY' }, 'g'), entry]],
    [
      'long name',
      () => [
        longHeader(
          random.pick([
            name,
            `${name}x`,
            'metadata/CATEGORY',
            'metadata/x',
            '',
            'a/'.repeat(60),
            `image/${'n'.repeat(random.pick([90, 200, 255, 256]))}`,
            `${'image/'}${'d/'.repeat(random.pick([100, 1900, 2040]))}x`,
          ]),
        ),
        entry,
      ],
    ],
    ['long link', () => [longHeader('x'.repeat(120), 'K'), entry]],
    ['two long names', () => [longHeader(`${name}1`), longHeader(`${name}2`), entry]],
    ['prefix', () => [{ ...entry, prefix: random.pick(['metadata', 'image', 'x', '..', '/x']), gnu: random.chance(0.5) }]],
    ['magic', () => [{ ...entry, gnu: !(entry.gnu ?? false) }]],
    [
      'other magic',
      () => [
        {
          ...entry,
          patch: [{ at: 257, bytes: Buffer.from(random.pick(['\0\0\0\0\0\0\0\0', 'ustar\0  ', 'ustar 00', 'USTAR\x0000']), 'latin1') }],
        },
      ],
    ],
    [
      'number',
      () => [
        { ...entry, patch: [{ at: number, bytes: Buffer.from(junk, 'latin1').subarray(0, number === 124 || number === 136 ? 12 : 8) }] },
      ],
    ],
    ['number', () => [{ ...entry, patch: [{ at: number, bytes: Buffer.alloc(8, random.pick([0, 32, 55, 0xff])) }] }]],
    [
      'checksum',
      () => [{ ...entry, spoil: [{ at: 148, bytes: Buffer.from(random.pick(['0000000\0', '        ', '\0\0\0\0\0\0\0\0']), 'latin1') }] }],
    ],
    ['header byte', () => [{ ...entry, patch: [{ at: random.int(512), bytes: Buffer.from([random.int(256)]) }] }]],
    ['size', () => [{ ...entry, size: Math.max(0, (entry.content?.length ?? 0) + random.pick([-512, -1, 1, 511, 512, 100000])) }]],
    [
      'name',
      () => [
        {
          ...entry,
          name: random.pick([
            `./${name}`,
            `/${name}`,
            `${name}/`,
            `../${name}`,
            `${name}/..`,
            `${name}/../x`,
            name.replace('/', '//'),
            name.replace('/', '/./'),
            '',
            '.',
            '..',
            'metadata',
            'image',
            `${name}/x`,
            'metadata/',
            'metadata/.',
            'metadata/a b',
            'metadata/SLOT\n',
            'image/../x',
            'image/a/../../x',
            `x/${name}`,
            name.toUpperCase(),
          ]),
        },
      ],
    ],
    [
      'name bytes',
      () => [
        {
          ...entry,
          name: Buffer.concat([Buffer.from(name), Buffer.from(random.pick([[0xff], [0xc3, 0xa9], [0, 65], [10], [0xed, 0xa0, 0x80]]))]),
        },
      ],
    ],
    ['gone', () => []],
    ['a zero block before', () => [{ name: '', content: Buffer.alloc(0), patch: [], spoil: [{ at: 0, bytes: Buffer.alloc(512) }] }, entry]],
    ['no padding', () => [{ ...entry, noPadding: true }]],
    ['link with content', () => [{ ...entry, type: random.pick(['1', '2', '5']), linkName: name }]],
  ];
  const [what, make] = random.pick(kinds);
  return [what, make()];
}

/** What may follow the members. */
export const ENDS: readonly (readonly [string, Buffer])[] = [
  ['no end', Buffer.alloc(0)],
  ['half an end', Buffer.alloc(512)],
  ['much padding', Buffer.alloc(30 * 512)],
  ['very much padding', Buffer.alloc(1024 * 1024)],
  ['garbage after the end', Buffer.concat([Buffer.alloc(1024), Buffer.from('garbage')])],
  ['a member after the end', Buffer.concat([Buffer.alloc(1024), packLoose([{ name: 'metadata/SLOT', content: Buffer.from('9\n') }])])],
  ['garbage for an end', Buffer.alloc(1024, 'x')],
];

/** One member changed, and what was changed. */
export function changeEntries(entries: readonly LooseEntry[], random: Random): readonly [string, LooseEntry[]] {
  const at = random.int(entries.length);
  const entry = entries[at];
  if (entry === undefined) return ['nothing', []];
  const [what, made] = oddEntry(entry, random);
  const where = random.chance(0.15) ? entries.length - 1 : at;
  return [
    `${what} of ${JSON.stringify(String(entry.name))}`,
    [...entries.slice(0, at), ...(where === at ? made : []), ...entries.slice(at + 1), ...(where === at ? [] : made)],
  ];
}
