import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type PackagesIndex, parseIndex } from '../../src/gentoo/binhost/packages-index.ts';
import type { Candidate } from '../../src/gentoo/binhost/publish.ts';

/** Whole PKGDIRs and outputs of emerge, made by real Portage. */
export const fixtures = join(import.meta.dirname, '../fixtures/gentoo');
export const folders = ['gpkg-multi', 'gpkg-single', 'gpkg-signed', 'xpak-multi', 'xpak-single'] as const;
export type Folder = (typeof folders)[number];

export function sampleIndex(folder: Folder): { readonly text: string; readonly index: PackagesIndex } {
  const text = readFileSync(join(fixtures, folder, 'Packages'), 'utf8');
  return { text, index: parseIndex(text) };
}

/** Every sample as the host that built it would declare it. */
export function candidates(folder: Folder): readonly Candidate[] {
  return sampleIndex(folder).index.packages.map((stanza) =>
    candidateOf(join(fixtures, folder, stanza.get('PATH') ?? ''), stanza.get('CPV') ?? ''),
  );
}

export function candidateOf(file: string, cpv: string): Candidate {
  return { file, cpv, size: statSync(file).size, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

/** One of the samples by its path. */
export function sample(folder: Folder, path: string): Candidate {
  const found = candidates(folder).find(({ file }) => file.endsWith(path));
  if (!found) throw new Error(`no sample ${path}`);
  return found;
}

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-gentoo-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const readCapture = (name: string): string => {
  try {
    return readFileSync(join(fixtures, 'captures', name), 'utf8');
  } catch {
    return '';
  }
};
