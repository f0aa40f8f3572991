import { checkBinhost } from '../../gentoo/binhost/check-binhost.ts';
import { type Generation, listGenerations } from '../../gentoo/binhost/generations.ts';
import { readBinhostIndex } from '../../gentoo/binhost/index-file.ts';
import type { OpenBinhost } from './open-binhosts.ts';

/** A package that clients see. */
export interface VisiblePackage {
  readonly name: string;
  readonly status: 'published';
  /** Its file below the binhost. */
  readonly path: string;
  readonly size: number;
  /** Unix seconds; 0: the index does not say. */
  readonly built: number;
}

/** What clients see on a binhost, and the generations behind it. */
export interface BinhostContent {
  readonly path: string;
  readonly targets: readonly string[];
  readonly packages: readonly VisiblePackage[];
  readonly size: number;
  readonly generations: readonly Generation[];
}

/** One thing that differs between the index and the files. `bad`: a client can meet something broken. */
export interface ReportedFinding {
  readonly name: string;
  readonly status: 'bad' | 'warn';
  readonly kind: string;
  readonly message: string;
}

/** What a check of a binhost found. */
export interface BinhostCheck {
  readonly path: string;
  readonly targets: readonly string[];
  readonly packages: number;
  readonly files: number;
  readonly findings: readonly ReportedFinding[];
}

/** Reads what clients see. */
export async function readBinhostContent({ targets, store, path }: OpenBinhost): Promise<BinhostContent> {
  const { packages } = await readBinhostIndex(store);
  const listed = packages.map(
    (stanza): VisiblePackage => ({
      name: stanza.get('CPV') ?? '',
      status: 'published',
      path: stanza.get('PATH') ?? '',
      size: Number(stanza.get('SIZE') ?? 0),
      built: Number(stanza.get('BUILD_TIME') ?? 0),
    }),
  );
  const size = listed.reduce((sum, each) => sum + each.size, 0);
  return { path, targets, packages: listed, size, generations: await listGenerations(store) };
}

/** Compares the index with the files; `deep`: reads every byte. */
export async function examineBinhost({ targets, store, path }: OpenBinhost, deep: boolean): Promise<BinhostCheck> {
  const { packages, files, findings } = await checkBinhost(store, { deep });
  return {
    ...{ path, targets, packages, files },
    findings: findings.map(({ path: name, harmful, kind, text }) => ({ name, status: harmful ? 'bad' : 'warn', kind, message: text })),
  };
}

/** 9 where a client can meet something broken. */
export const binhostExitCode = (checks: readonly BinhostCheck[]): number =>
  checks.some(({ findings }) => findings.some(({ status }) => status === 'bad')) ? 9 : 0;
