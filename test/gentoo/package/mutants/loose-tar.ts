/** A tar member of which everything can be wrong. */
export interface LooseEntry {
  readonly name: string | Buffer;
  readonly content?: Buffer;
  readonly type?: string;
  readonly linkName?: string;
  readonly prefix?: string;
  /** Of GNU tar instead of ustar. */
  readonly gnu?: boolean;
  /** Declared instead of the real size. */
  readonly size?: number;
  /** Written over the header, before the checksum is made. */
  readonly patch?: readonly { readonly at: number; readonly bytes: Buffer }[];
  /** Written over the header after the checksum was made. */
  readonly spoil?: readonly { readonly at: number; readonly bytes: Buffer }[];
  readonly noPadding?: boolean;
}

const BLOCK = 512;

/** Packs members as they are. `end`: what follows them. */
export function packLoose(entries: readonly LooseEntry[], end: Buffer = Buffer.alloc(2 * BLOCK)): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [looseHeader(entry), content, Buffer.alloc(entry.noPadding === true ? 0 : -content.length & (BLOCK - 1))];
  });
  const size = parts.reduce((sum, part) => sum + part.length, 0) + end.length;
  return Buffer.concat([...parts, end, Buffer.alloc((10240 - (size % 10240)) % 10240)]);
}

function looseHeader(entry: LooseEntry): Buffer {
  const { name, content, type = '0', linkName = '', prefix = '', gnu = false, patch = [], spoil = [] } = entry;
  const block = Buffer.alloc(BLOCK);
  Buffer.from(name as string).copy(block, 0, 0, 100);
  block.write(type === '5' ? '0000755\0' : '0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${(entry.size ?? content?.length ?? 0).toString(8).padStart(11, '0')}\0`, 124);
  block.write('15300351256\0', 136);
  block.write(type, 156, 'latin1');
  block.write(linkName.slice(0, 100), 157);
  block.write(gnu ? 'ustar  \0' : 'ustar\x0000', 257, 'latin1');
  block.write(prefix, 345);
  for (const { at, bytes } of patch) bytes.copy(block, at);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  for (const { at, bytes } of spoil) bytes.copy(block, at);
  return block;
}

/** The members of a sound archive. */
export function unpackLoose(archive: Buffer): LooseEntry[] {
  const entries: LooseEntry[] = [];
  for (let at = 0; at < archive.length && archive[at] !== 0; ) {
    const text = (from: number, to: number): string => archive.toString('latin1', at + from, at + to).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 136), 8);
    entries.push({
      name: text(0, 100),
      prefix: text(345, 500),
      type: text(156, 157),
      linkName: text(157, 257),
      gnu: text(257, 265) !== 'ustar',
      content: archive.subarray(at + BLOCK, at + BLOCK + size),
    });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

/** A pax header for the next member. */
export function paxHeader(records: Readonly<Record<string, string>>, type = 'x'): LooseEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest) + 1;
    while (String(length).length + Buffer.byteLength(rest) !== length) length++;
    return `${length}${rest}`;
  });
  return { name: './PaxHeaders/x', type, content: Buffer.from(lines.join('')) };
}

/** GNU's header with a long name (L) or link target (K) for the next member. */
export const longHeader = (text: string, type: 'L' | 'K' = 'L'): LooseEntry => ({
  name: '././@LongLink',
  type,
  gnu: true,
  content: Buffer.from(`${text}\0`),
});
