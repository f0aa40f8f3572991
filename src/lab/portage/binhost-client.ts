import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type PackagesIndex, parseIndex } from '../../gentoo/binhost/packages-index.ts';
import type { DemoPackage } from './demo-package.ts';
import type { DroneSystem } from './drone-system.ts';
import { httpGet } from './http-get.ts';
import { addToPkgdir } from './pkgdir.ts';

/** What a client of a binhost prints and gets; lines in the words of Portage and wget. */
export type FetchedBinary =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly lines: readonly string[] };

/** The index, `Packages.gz` first as clients since 3.0.69 do; or why there is none, in Portage's words. */
export async function fetchIndex(uri: string): Promise<PackagesIndex | string> {
  const base = uri.replace(/\/$/, '');
  const name = new URL(base).host;
  const fail = (why: string): string => `\n\n!!! [${name}] Error fetching binhost package info from '${uri}'\n!!! [${name}] ${why}\n\n`;
  try {
    let { status, statusText, body } = await httpGet(`${base}/Packages.gz`);
    if (status === 404) ({ status, statusText, body } = await httpGet(`${base}/Packages`));
    if (status !== 200) return fail(`HTTP Error ${status}: ${statusText}`);
    const text = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body).toString() : body.toString();
    const index = parseIndex(text);
    const version = index.header.get('VERSION');
    return version === '0' ? index : `!!! [${name}] Binhost package index version is not supported: '${version}'\n`;
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Downloads one package into PKGDIR, as Portage does with PORTAGE_BINHOST: size first, then every digest of the index entry. */
export async function fetchBinary(pkg: DemoPackage, system: DroneSystem): Promise<FetchedBinary> {
  const path = pkg.stanza?.get('PATH') ?? '';
  const url = `${(system.binhost ?? '').replace(/\/$/, '')}/${path}`;
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ');
  const head = [`--${stamp}--  ${url}`];
  const missing = (...lines: readonly string[]): FetchedBinary => ({
    ok: false,
    lines: [...head, ...lines, `!!! Fetching Binary failed for '${pkg.cpv.text}'`],
  });
  let bytes: Buffer;
  try {
    const { status, statusText, body } = await httpGet(url);
    if (status !== 200)
      return missing(`HTTP request sent, awaiting response... ${status} ${statusText}`, `${stamp} ERROR ${status}: ${statusText}.`);
    bytes = body;
  } catch (error) {
    return missing(`Connecting to ${new URL(url).host}... failed: ${(error as Error).message}`);
  }
  const wrong = findDigestMismatch(bytes, pkg.stanza ?? new Map());
  if (wrong !== undefined) {
    const file = join(system.pkgdir, `${path}.partial`);
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
  await addToPkgdir(system, path, bytes, pkg.buildId ?? 1, Number(pkg.stanza?.get('MTIME') ?? 0) || undefined);
  const checked = ` * ${path.split('/').at(-1)} MD5 SHA1 size ;-) ...`;
  return { ok: true, lines: [...head, `${checked.padEnd(72)}[ ok ]`] };
}

interface DigestMismatch {
  readonly name: string;
  readonly got: string;
  readonly wanted: string;
}

function findDigestMismatch(bytes: Buffer, stanza: ReadonlyMap<string, string>): DigestMismatch | undefined {
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
