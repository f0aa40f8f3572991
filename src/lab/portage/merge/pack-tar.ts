/** A file of an archive; a folder has none of the content. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content: Buffer | undefined;
  readonly executable?: boolean;
}

const BLOCK = 512;

/** A ustar archive as GNU tar and Portage write it: owned by root, padded to whole records of 10240 bytes. `mtime` in seconds. */
export function packTar(entries: readonly ArchiveEntry[], mtime: number): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [header(entry, content.length, mtime), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  const size = parts.reduce((sum, part) => sum + part.length, 0) + 2 * BLOCK;
  return Buffer.concat(parts, Math.ceil(size / 10240) * 10240);
}

function header(entry: ArchiveEntry, size: number, mtime: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const name = entry.content === undefined ? `${entry.name}/` : entry.name;
  if (Buffer.byteLength(name) > 100) throw new RangeError(`too long for a tar header: ${name}`);
  const octal = (value: number, at: number, length: number): number => block.write(value.toString(8).padStart(length - 1, '0'), at);
  block.write(name, 0);
  octal(entry.content === undefined || entry.executable ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(mtime, 136, 12);
  block.write('        ', 148);
  block.write(entry.content === undefined ? '5' : '0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.write('root', 265);
  block.write('root', 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
