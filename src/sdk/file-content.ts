import { createHash } from 'node:crypto';
import { type Change, type Json, type Probe, SwarmError } from '../index.ts';
import { type Attributes, adjust, kept } from './file-attributes.ts';
import { type Found, look } from './path-stat.ts';

/** Above this, files are compared by their hash only and no diff is shown. */
export const smallFile = 64 * 1024;

export interface Wanted extends Attributes {
  readonly path: string;
  readonly content: Uint8Array;
}

/** Makes a file of the host have these bytes and attributes; one round trip where it has them. */
export async function* placeFile(probe: Probe, wanted: Wanted): AsyncGenerator<Change, Json, void> {
  const [found] = await look(probe, [{ path: wanted.path, size: wanted.content.length }]);
  yield* difference(probe, wanted, found as Found);
  return { dest: wanted.path, size: wanted.content.length, sha256: sha256(wanted.content) };
}

/** The change that turns what was found into what is wanted; nothing where they agree. */
export async function* difference(probe: Probe, wanted: Wanted, found: Found): AsyncGenerator<Change, void, void> {
  const { path, content } = wanted;
  if (found.type === 'directory') {
    throw new SwarmError('SW6012', `${path} is a directory there`, { hint: `To copy into it write dest: "${path.replace(/\/*$/, '/')}".` });
  }
  if (found.type === 'file' && found.sha256 === sha256(content)) {
    yield* adjust(path, found, wanted);
    return;
  }
  const before = found.type === 'file' ? await textOf(probe, path, found) : undefined;
  const after = asText(content);
  yield {
    verb: found.type === 'absent' ? 'create' : 'update',
    subject: path,
    ...(found.type === 'link' ? { before: `link to ${found.target}\n` } : before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    apply: (remote) => remote.write(path, content, kept(found, wanted)),
  };
}

/** For a diff only, so a small file that is text; one more round trip, and only where something differs. */
async function textOf(probe: Probe, path: string, found: Found): Promise<string | undefined> {
  if (found.size > smallFile) return undefined;
  const bytes = await probe.read(path);
  return bytes && asText(bytes);
}

/** UTF-8 without NUL, of a size that a person reads; else undefined. */
export function asText(bytes: Uint8Array): string | undefined {
  if (bytes.length > smallFile || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
