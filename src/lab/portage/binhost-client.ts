import { gunzipSync } from 'node:zlib';
import type { DemoPackage, Fields } from './demo-package.ts';
import type { DroneSystem } from './drone-system.ts';
import { httpGet } from './http-get.ts';
import { addToPkgdir, digest, readEntries } from './pkgdir.ts';

/** The entries of the binhost's index, or the words in which Portage says why there are none. */
export async function fetchIndex(uri: string): Promise<readonly Fields[] | string> {
  const name = new URL(uri).host;
  const failure = (why: string): string => `\n\n!!! [${name}] Error fetching binhost package info from '${uri}'\n!!! [${name}] ${why}\n\n`;
  try {
    const packed = await httpGet(`${uri}/Packages.gz`);
    const { status, statusText, body } = packed.status === 404 ? await httpGet(`${uri}/Packages`) : packed;
    if (status !== 200) return failure(`HTTP Error ${status}: ${statusText}`);
    return readEntries((body[0] === 0x1f ? gunzipSync(body) : body).toString());
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** Downloads a package into PKGDIR when its size and digests are those of the index. Prints in the words of Portage and wget. */
export async function fetchBinary(pkg: DemoPackage, system: DroneSystem, print: (line: string) => void): Promise<boolean> {
  const fields = pkg.fields ?? {};
  const path = fields['PATH'] ?? '';
  const url = `${system.binhost}/${path}`;
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ');
  print(`--${stamp}--  ${url}`);
  const answer = await httpGet(url).catch((error: Error) => error);
  if (answer instanceof Error || answer.status !== 200) {
    if (answer instanceof Error) print(`Connecting to ${new URL(url).host}... failed: ${answer.message}`);
    else print(`${stamp} ERROR ${answer.status}: ${answer.statusText}.`);
    print(`!!! Fetching Binary failed for '${pkg.cpv}'`);
    return false;
  }
  const { body } = answer;
  const checks = [
    ['size', 'SIZE', String(body.length)],
    ['MD5', 'MD5', digest('md5', body)],
    ['SHA1', 'SHA1', digest('sha1', body)],
  ] as const;
  const wrong = checks.find(([, key, got]) => fields[key] !== undefined && fields[key] !== got);
  if (wrong !== undefined) {
    const [name, key, got] = wrong;
    print(`\n!!! Digest verification failed:\n!!! ${system.pkgdir}/${path}.partial`);
    print(`!!! Reason: Failed on ${name} verification\n!!! Got: ${got}\n!!! Expected: ${fields[key]}`);
    return false;
  }
  await addToPkgdir(system, path, body, fields);
  print(`${` * ${path.split('/').at(-1)} MD5 SHA1 size ;-) ...`.padEnd(72)}[ ok ]`);
  return true;
}
