import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';
import { type LooseEntry, longHeader } from './loose-tar.ts';
import { changeEntries, ENDS } from './odd-entries.ts';

/** The files that are installed. */
export function changeImage(draft: Draft, random: Random): string {
  if (random.chance(0.12)) {
    const [what, end] = random.pick(ENDS);
    draft.imageEnd = end;
    return `image: ${what}`;
  }
  const root = draft.seed.format === 'gpkg' ? 'image/' : './';
  const extra: readonly (readonly LooseEntry[])[] = [
    [{ name: `${root}etc/x`, type: '2', linkName: 'y' }],
    [{ name: `${root}dangling`, type: '2', linkName: '/nonexistent/swarm' }],
    [
      { name: `${root}a`, content: Buffer.from('a') },
      { name: `${root}b`, type: '1', linkName: `${root}a` },
    ],
    [
      { name: `${root}b`, type: '1', linkName: `${root}a` },
      { name: `${root}a`, content: Buffer.from('a') },
    ],
    [
      { name: `${root}a`, content: Buffer.from('a') },
      { name: `${root}b`, type: '1', linkName: `./${root}a` },
    ],
    [{ name: `${root}b`, type: '1', linkName: '/etc/hostname' }],
    [
      { name: `${root}s`, type: '2', linkName: 'nowhere' },
      { name: `${root}b`, type: '1', linkName: `${root}s` },
    ],
    [
      { name: `${root}d`, type: '5' },
      { name: `${root}b`, type: '1', linkName: `${root}d` },
    ],
    [
      { name: `${root}d`, type: '5' },
      { name: `${root}d/`, type: '5' },
    ],
    [
      { name: `${root}d/x`, content: Buffer.from('x') },
      { name: `${root}d`, type: '5' },
    ],
    [
      { name: `${root}d/x`, content: Buffer.from('x') },
      { name: `${root}d`, content: Buffer.from('x') },
    ],
    [
      { name: `${root}f`, content: Buffer.from('x') },
      { name: `${root}f/x`, content: Buffer.from('x') },
    ],
    [
      { name: `${root}l`, type: '2', linkName: '/nonexistent/swarm' },
      { name: `${root}l/x`, content: Buffer.from('x') },
    ],
    [{ name: `${root}dev`, type: random.pick(['3', '4', '6']) }],
    [longHeader(`${root}${'long/'.repeat(40)}x`), { name: 'short', content: Buffer.from('x') }],
    [longHeader('t'.repeat(150), 'K'), longHeader(`${root}${'l'.repeat(150)}`), { name: 'short', type: '2' }],
    [{ name: 'outside', content: Buffer.from('x') }],
    [{ name: `${root}mode`, content: Buffer.from('x'), patch: [{ at: 100, bytes: Buffer.from('0104755\0') }] }],
  ];
  if (random.chance(0.5)) {
    const added = random.pick(extra);
    draft.image = [...draft.image, ...added];
    return `image: with ${added.map((one) => `${String(one.name)} of type ${one.type ?? '0'}`).join(' and ')}`;
  }
  if (random.chance(0.05)) {
    draft.image = [];
    return 'image: empty';
  }
  const [what, entries] = changeEntries(draft.image, random);
  draft.image = entries;
  return `image: ${what}`;
}
