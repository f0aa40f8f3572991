import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from './samples.ts';

/** One member of a hand-made archive. */
export interface Member {
  readonly name: string;
  readonly content: Buffer;
  readonly type?: string;
  /** Size in GNU's base-256 instead of octal. */
  readonly wide?: boolean;
  readonly prefix?: string;
}

const BLOCK = 512;

export function tar(members: readonly Member[]): Buffer {
  const parts = members.flatMap((member) => [header(member), member.content, Buffer.alloc(-member.content.length & (BLOCK - 1))]);
  const size = parts.reduce((sum, part) => sum + part.length, 0) + 2 * BLOCK;
  return Buffer.concat([...parts, Buffer.alloc(Math.ceil(size / 10240) * 10240 - size + 2 * BLOCK)]);
}

/** GNU's header for a name over 100 bytes, and the member itself. */
export function longNamed(name: string, content: Buffer): readonly Member[] {
  return [
    { name: '././@LongLink', content: Buffer.from(`${name}\0`), type: 'L' },
    { name: name.slice(0, 99), content },
  ];
}

function header({ name, content, type = '0', wide = false, prefix = '' }: Member): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  if (wide) {
    block.writeUInt8(0x80, 124);
    block.writeUInt32BE(content.length, 132);
  } else block.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function manifestLine(name: string, content: Buffer): string {
  const hex = (algorithm: string): string => createHash(algorithm).update(content).digest('hex');
  return `DATA ${name} ${content.length} BLAKE2B ${hex('blake2b512')} SHA512 ${hex('sha512')}\n`;
}

export const METADATA: Readonly<Record<string, string>> = {
  CATEGORY: 'rig-app\n',
  PF: 'made-1.0\n',
  BUILD_ID: '1',
  SLOT: '0\n',
  EAPI: '8\n',
};

/** The members of a small package that is sound, ready to be spoilt. */
export function soundMembers(values: Readonly<Record<string, string>> = METADATA, folder = 'made-1.0-1'): Member[] {
  const metadata = gzipSync(tar(Object.entries(values).map(([key, value]) => ({ name: `metadata/${key}`, content: Buffer.from(value) }))));
  const members = [
    { name: 'gpkg-1', content: Buffer.alloc(0) },
    { name: 'metadata.tar.gz', content: metadata },
    { name: 'image.tar.gz', content: gzipSync(tar([{ name: 'image/etc/made', content: Buffer.from('made\n') }])) },
  ];
  const manifest = Buffer.from(members.map(({ name, content }) => manifestLine(name, content)).join(''));
  return [...members, { name: 'Manifest', content: manifest }].map((member) => ({ ...member, name: `${folder}/${member.name}` }));
}

export function writeTemporary(bytes: Buffer, name = 'made-1.0-1.gpkg.tar'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, bytes);
  return file;
}
