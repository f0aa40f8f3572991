import { ownValue } from '../../core/own-value.ts';
import type { ByteStream } from './byte-stream.ts';
import { fieldText, isAllZero, notTar, paddedSize, parseTarHeader, TAR_BLOCK, type TarHeader } from './tar-header.ts';

/** PATH_MAX of Linux: no longer name can be unpacked. */
const NAME_LIMIT = 4096;
const PAX_LIMIT = 1024 * 1024;
/** A writer fills its last record of 20 blocks. Portage waits for ever for a decompressor that has much more to write. */
const PADDING_LIMIT = 40 * TAR_BLOCK;

/** The members of an archive with their whole names, one after the other. The caller reads the content with `content` before it asks for
 *  the next, or leaves it. `pax`: pax headers are read as GNU tar reads them, otherwise refused. Throws SW4003 for what is damaged, or
 *  for what Portage and GNU tar read in two ways. */
export async function* readTarMembers(
  bytes: ByteStream,
  { pax }: { readonly pax: boolean },
): AsyncGenerator<TarHeader & { readonly content: () => Promise<Buffer> }> {
  let renamed: Partial<TarHeader> = {};
  for (;;) {
    const block = await bytes.take(TAR_BLOCK);
    if (block.length < TAR_BLOCK) throw notTar('it has no end');
    const header = parseTarHeader(block);
    if (header === undefined) {
      if (Object.keys(renamed).length > 0) throw notTar('a long name without its member');
      return await readPadding(bytes);
    }
    if (/[LKx]/.test(header.type)) {
      renamed = { ...renamed, ...(await readExtension(bytes, header, renamed, pax)) };
      continue;
    }
    const member = { ...header, ...renamed };
    renamed = {};
    if (member.type !== '0' && member.size !== 0)
      throw notTar(`${JSON.stringify(member.name.slice(0, 200))} has content, but is not a file`);
    let left = member.size;
    yield {
      ...member,
      async content() {
        left = 0;
        return await readWhole(bytes, member.size);
      },
    };
    if (left > 0 && (await bytes.skip(paddedSize(left))) < paddedSize(left)) throw notTar('it ends inside a file');
  }
}

async function readExtension(bytes: ByteStream, header: TarHeader, before: Partial<TarHeader>, pax: boolean): Promise<Partial<TarHeader>> {
  if (header.type === 'x' && !pax) throw notTar('it has pax headers, which Portage never writes');
  if (header.size > (header.type === 'x' ? PAX_LIMIT : NAME_LIMIT)) throw notTar(`a name of ${header.size} bytes`);
  const content = await readWhole(bytes, header.size);
  const values = header.type === 'x' ? parsePax(content) : { [header.type === 'L' ? 'name' : 'linkName']: fieldText(content) };
  if (Object.keys(values).some((key) => key in before)) throw notTar('two long names for one member');
  return values;
}

/** Records `LENGTH KEY=VALUE` (pax, POSIX.1-2001). Only name, target and size change what is unpacked. */
function parsePax(content: Buffer): Partial<TarHeader> {
  const values: Record<string, string | number> = {};
  for (let at = 0; at < content.length; ) {
    const length = /^([1-9]\d{0,6}) /.exec(content.subarray(at, at + 8).toString('latin1'))?.[1] ?? '';
    const record = content.subarray(at, at + Number(length));
    if (length === '' || record.length !== Number(length) || record.at(-1) !== 0x0a) throw notTar('a damaged pax header');
    const equals = record.indexOf('=');
    const key = record.subarray(length.length + 1, equals).toString('latin1');
    const value = record.subarray(equals + 1, -1);
    const field = ownValue(PAX_FIELDS, key);
    if (equals < 0 || (field === undefined && !PAX_IGNORED.test(key))) throw notTar(`the pax header ${JSON.stringify(key.slice(0, 80))}`);
    if (field !== undefined) {
      if (field in values) throw notTar(`the pax header ${key} twice`);
      values[field] = field === 'size' ? paxSize(value) : fieldText(value);
    }
    at += record.length;
  }
  return values;
}

const PAX_FIELDS: Readonly<Record<string, keyof TarHeader>> = { path: 'name', linkpath: 'linkName', size: 'size' };
const PAX_IGNORED = /^(?:[acm]time|uid|gid|uname|gname|SCHILY\.(?:xattr|acl)\..+|RHT\.security\..+)$/;

function paxSize(value: Buffer): number {
  const text = value.toString('latin1');
  if (!/^\d{1,15}$/.test(text)) throw notTar('a pax header with a size that is not a number');
  return Number(text);
}

async function readWhole(bytes: ByteStream, size: number): Promise<Buffer> {
  const padded = await bytes.take(paddedSize(size));
  if (padded.length < paddedSize(size)) throw notTar('it ends inside a file');
  if (!isAllZero(padded.subarray(size))) throw notTar('bytes between its members');
  return padded.subarray(0, size);
}

/** After the zero block that ends the members at least one more follows, and nothing but zeros. */
async function readPadding(bytes: ByteStream): Promise<void> {
  let length = 0;
  for (;;) {
    const piece = await bytes.next();
    if (piece === undefined) break;
    length += piece.length;
    if (!isAllZero(piece)) throw notTar('bytes after its end');
    if (length > PADDING_LIMIT) throw notTar(`more than ${PADDING_LIMIT} bytes after its end`);
  }
  if (length < TAR_BLOCK) throw notTar('the end of the archive is missing');
}
