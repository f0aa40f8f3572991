import type { Random } from '../random.ts';
import { type Draft, plainMetadata, replaced, word, type XpakEntry } from './draft.ts';
import type { LooseEntry } from './loose-tar.ts';
import { changeEntries, ENDS } from './odd-entries.ts';

/** The archive with the values. */
export function changeMetadata(draft: Draft, random: Random): string {
  if (draft.seed.format === 'xpak') return changeXpak(draft, random);
  if (random.chance(0.15)) {
    const [what, end] = random.pick(ENDS);
    draft.metadataEnd = end;
    return `metadata: ${what}`;
  }
  const extra: readonly LooseEntry[] = [
    { name: 'metadata', type: '5' },
    { name: 'metadata/', type: '5' },
    { name: 'metadata/sub', type: '5' },
    { name: 'metadata/sub/SLOT', content: Buffer.from('7\n') },
    { name: 'SLOT', content: Buffer.from('7\n') },
    { name: './metadata/SLOT', content: Buffer.from('7\n') },
    { name: 'metadata/CATEGORY', type: '2', linkName: 'SLOT' },
  ];
  const [what, entries] = changeEntries(plainMetadata(draft), random);
  if (random.chance(0.2)) {
    const added = random.pick(extra);
    draft.metadata = random.chance(0.5) ? [added, ...plainMetadata(draft)] : [...plainMetadata(draft), added];
    return `metadata: with ${String(added.name)} of type ${added.type ?? '0'}`;
  }
  draft.metadata = entries;
  return `metadata: ${what}`;
}

const SOUND_END = (part: Buffer): Buffer => Buffer.concat([part, word(part.length), Buffer.from('STOP')]);
const FOURTH = 3;
const fourth =
  (change: (entry: XpakEntry, random: Random) => Partial<XpakEntry>) =>
  (all: XpakEntry[], random: Random): XpakEntry[] =>
    all.map((one, i) => (i === FOURTH ? { ...one, ...change(one, random) } : one));

const INDEX_CHANGES: readonly (readonly [string, (all: XpakEntry[], random: Random) => XpakEntry[]])[] = [
  ['an entry twice', (all, random) => [...all, { ...random.pick(all), from: 0 }]],
  ['an entry beyond', fourth((_, random) => ({ length: random.pick([1e6, 0xffffffff]) }))],
  ['an offset beyond', fourth((_, random) => ({ from: random.pick([1e6, 0xfffffff0]) }))],
  ['another offset', fourth(({ from }) => ({ from: Math.max(0, from - 1) }))],
  ['an odd name', fourth((_, random) => ({ name: Buffer.from(random.pick(['', 'a/b', '../x', '/x', 'a\0b', '.', '..', 'SLOT\n', 'é'])) }))],
  ['a long name', fourth(() => ({ name: Buffer.alloc(300, 'x') }))],
  ['a bad name', fourth(() => ({ name: Buffer.from([0xff, 0x41]) }))],
  ['no entries', () => []],
  ['in another order', (all) => [...all].reverse()],
];

const END_CHANGES: readonly (readonly [string, (part: Buffer, random: Random) => Buffer])[] = [
  ['its length', (part, random) => Buffer.concat([part, word(part.length + random.pick([-1, 1, 8, 1e6])), Buffer.from('STOP')])],
  ['its end', (part, random) => Buffer.concat([part, word(part.length), Buffer.from(random.pick(['', 'STOQ', 'STOP\n', 'STOPSTOP']))])],
  ['two parts', (part) => Buffer.concat([SOUND_END(part), SOUND_END(part)])],
  ['its lengths', (part, random) => SOUND_END(replaced(part, random.pick([8, 12]), word(random.int(5000))))],
  ['a byte', (part, random) => SOUND_END(replaced(part, random.int(part.length), Buffer.from([random.int(256)])))],
];

/** The part behind the payload. */
function changeXpak(draft: Draft, random: Random): string {
  if (random.chance(0.6)) {
    const [what, change] = random.pick(INDEX_CHANGES);
    draft.index = (all) => change(all, random);
    return `xpak: ${what}`;
  }
  const [what, change] = random.pick(END_CHANGES);
  draft.xpakEnd = (part) => change(part, random);
  return `xpak: ${what}`;
}

/** The outer archive and the Manifest. */
export function changeContainer(draft: Draft, random: Random): string {
  if (draft.seed.format === 'xpak') return changeXpak(draft, random);
  if (random.chance(0.3)) {
    const kinds: readonly (readonly [string, (text: string) => string])[] = [
      ['without BLAKE2B', (text) => text.replace(/ BLAKE2B \w+/, '')],
      ['without SHA512', (text) => text.replace(/( SHA512 \w+)(?=\n[^$]*$)/, '')],
      ['other digests too', (text) => text.replace(/ BLAKE2B/g, ` SHA256 ${'0'.repeat(64)} BLAKE2B`)],
      ['a wrong digest', (text) => text.replace(/SHA512 ../, 'SHA512 00')],
      ['a line twice', (text) => text + (text.split('\n')[0] ?? '')],
      ['a line more', (text) => `${text}DATA nothing 0 BLAKE2B ${'0'.repeat(128)} SHA512 ${'0'.repeat(128)}\n`],
      ['an odd line', (text) => random.pick(['\n', ' \n', 'MISC x\n', '\u2028', '# x\n']) + text],
      ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
      ['capital digits', (text) => text.replace(/BLAKE2B \w+/, (all) => `BLAKE2B ${all.slice(8).toUpperCase()}`)],
      ['two spaces', (text) => text.replaceAll(' ', '  ')],
      ['no end of line', (text) => text.trimEnd()],
      ['a plus sign', (text) => text.replace(/ (\d+) BLAKE2B/, ' +$1 BLAKE2B')],
      [
        'a text of PGP',
        (text) =>
          `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${text}-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n`,
      ],
    ];
    const [what, change] = random.pick(kinds);
    draft.manifest = change;
    return `Manifest: ${what}`;
  }
  if (random.chance(0.2)) {
    draft.folder = random.pick([
      'x',
      'made',
      '.',
      '..',
      '',
      '/x',
      'a/b',
      `${draft.folder}x`,
      draft.folder.replace(/-\d+$/, ''),
      `${draft.folder}-1`,
      'BZh91',
      'é',
    ]);
    return `folder: ${JSON.stringify(draft.folder)}`;
  }
  if (random.chance(0.15)) {
    draft.container = (members) => [
      ...members,
      {
        name: `${draft.folder}/${random.pick(['image.tar', 'metadata.tar.gz.sig', 'metadata.tar.xz', 'other', 'gpkg-2'])}`,
        content: Buffer.from('x'),
      },
    ];
    return 'container: another member';
  }
  let what = '';
  draft.container = (members) => {
    const [text, changed] = changeEntries(members, random);
    what = text;
    return changed;
  };
  return `container: ${what}`;
}
