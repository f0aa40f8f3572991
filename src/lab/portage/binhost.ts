import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type PackagesIndex, parseIndex } from '../../gentoo/packages.ts';
import type { Package } from './package.ts';
import { inject } from './pkgdir.ts';
import type { Place } from './place.ts';

/** What a client of a binhost prints and gets; lines in the words of Portage and wget. */
export type Fetched = { readonly ok: true; readonly lines: readonly string[] } | { readonly ok: false; readonly lines: readonly string[] };

/** The index, `Packages.gz` first as clients since 3.0.69 do; or why there is none, in Portage's words. */
export async function remoteIndex(uri: string): Promise<PackagesIndex | string> {
  const base = uri.replace(/\/$/, '');
  const name = new URL(base).host;
  const fail = (why: string): string => `\n\n!!! [${name}] Error fetching binhost package info from '${uri}'\n!!! [${name}] ${why}\n\n`;
  try {
    let answer = await fetch(`${base}/Packages.gz`);
    if (answer.status === 404) answer = await fetch(`${base}/Packages`);
    if (!answer.ok) return fail(`HTTP Error ${answer.status}: ${answer.statusText}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString() : bytes.toString();
    const index = parseIndex(text);
    const version = index.header.get('VERSION');
    return version === '0' ? index : `!!! [${name}] Binhost package index version is not supported: '${version}'\n`;
  } catch (error) {
    const cause = (error as Error).cause;
    return fail(String(cause instanceof Error ? cause.message : (error as Error).message));
  }
}

/** Downloads one package into PKGDIR, as Portage does with PORTAGE_BINHOST: size first, then every digest of the index entry. */
export async function fetchBinary(pkg: Package, place: Place): Promise<Fetched> {
  const path = pkg.stanza?.get('PATH') ?? '';
  const url = `${(place.binhost ?? '').replace(/\/$/, '')}/${path}`;
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ');
  const head = [`--${stamp}--  ${url}`];
  const missing = (...lines: readonly string[]): Fetched => ({
    ok: false,
    lines: [...head, ...lines, `!!! Fetching Binary failed for '${pkg.cpv.text}'`],
  });
  let bytes: Buffer;
  try {
    const answer = await fetch(url);
    const { status, statusText } = answer;
    if (!answer.ok)
      return missing(`HTTP request sent, awaiting response... ${status} ${statusText}`, `${stamp} ERROR ${status}: ${statusText}.`);
    bytes = Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    return missing(`Connecting to ${new URL(url).host}... failed: ${String((error as Error).cause ?? error)}`);
  }
  const wrong = check(bytes, pkg.stanza ?? new Map());
  if (wrong !== undefined) {
    const file = join(place.pkgdir, `${path}.partial`);
    return {
      ok: false,
      lines: [
        ...head,
        '',
        '!!! Digest verification failed:',
        `!!! ${file}`,
        `!!! Reason: Failed on ${wrong.name} verification`,
        `!!! Got: ${wrong.got}`,
        `!!! Expected: ${wrong.wanted}`,
        `File renamed to '${file}._checksum_failure_.${Math.random().toString(36).slice(2, 10)}'`,
      ],
    };
  }
  await inject(place, path, bytes, pkg.buildId ?? 1, Number(pkg.stanza?.get('MTIME') ?? 0) || undefined);
  const checked = ` * ${path.split('/').at(-1)} MD5 SHA1 size ;-) ...`;
  return { ok: true, lines: [...head, `${checked.padEnd(72)}[ ok ]`] };
}

interface Wrong {
  readonly name: string;
  readonly got: string;
  readonly wanted: string;
}

function check(bytes: Buffer, stanza: ReadonlyMap<string, string>): Wrong | undefined {
  const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
  const found: readonly (readonly [string, string | undefined, () => string])[] = [
    ['size', stanza.get('SIZE'), () => String(bytes.length)],
    ['MD5', stanza.get('MD5'), () => hash('md5')],
    ['SHA1', stanza.get('SHA1'), () => hash('sha1')],
  ];
  for (const [name, wanted, measure] of found) {
    if (wanted === undefined) continue;
    const got = measure();
    if (got !== wanted) return { name, got, wanted };
  }
  return undefined;
}
