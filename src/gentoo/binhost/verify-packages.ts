import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { resolveConditionals } from '../atom/dependency-string.ts';
import { type PackageFile, readPackageFile } from '../package/package-file.ts';
import { assertAsPlanned, type ExpectedPackage } from '../plan/compare-package.ts';
import type { BinhostStore } from './store/binhost-store.ts';

/** A fetched file, with what the building host declared and what was requested from it. */
export interface Candidate {
  /** Absolute path on this machine. */
  readonly file: string;
  /** Declared: bytes and lower-case hex. */
  readonly size: number;
  readonly sha256: string;
  /** Requested: category/name-version. */
  readonly cpv: string;
  readonly buildId?: number;
  /** Its item of the plan, and the host that built it. */
  readonly expected?: ExpectedPackage & { readonly host: string };
}

/** A candidate in the staging folder of the binhost, where no client sees it. */
export interface StagedPackage {
  readonly candidate: Candidate;
  /** Below the binhost's folder. */
  readonly path: string;
  /** Unix seconds. */
  readonly mtime: number;
}

/** A staged package whose content was checked. */
export interface VerifiedPackage extends StagedPackage {
  readonly file: PackageFile;
}

declare const verified: unique symbol;
/** Checked files. Only `verifyPackages` makes them, and `publishPackages` accepts nothing else. */
export interface Verified {
  readonly files: readonly VerifiedPackage[];
  readonly [verified]: true;
}

const verifiedSets = new WeakSet<Verified>();
const STAGING = '.swarm/stage';

/** Copies a fetched file to the staging folder of the binhost. Throws SW5001 or SW6008 when the disk is full, and leaves nothing behind. */
export async function stagePackage(store: BinhostStore, candidate: Candidate): Promise<StagedPackage> {
  const path = `${STAGING}/${randomUUID()}.part`;
  const mtime = Math.floor(Date.now() / 1000);
  try {
    await store.copyIn(candidate.file, path, mtime);
  } catch (error) {
    await store.remove(path).catch(() => undefined); // the first error is the one to report
    throw error;
  }
  return { candidate, path, mtime };
}

/** Reads every file back from the disk and checks its size, its SHA-256, the rules of its format and that it was requested. One bad
 *  file stops all: throws SW4001, SW4002, SW4003, SW4005, SW4007 or SW4008 and removes the staged copies. The fetched files stay. */
export async function verifyPackages(store: BinhostStore, staged: readonly StagedPackage[]): Promise<Verified> {
  try {
    const files: VerifiedPackage[] = [];
    for (const one of staged) files.push({ ...one, file: await verifyOne(store, one) });
    const result = { files } as unknown as Verified;
    verifiedSets.add(result);
    return result;
  } catch (error) {
    await discardStaged(store, staged);
    throw error;
  }
}

/** True for a result of `verifyPackages` in this process. */
export function isVerified(value: Verified): boolean {
  return verifiedSets.has(value);
}

/** Removes staged copies that will not be published. */
export async function discardStaged(store: BinhostStore, staged: readonly StagedPackage[]): Promise<void> {
  for (const { path } of staged) await store.remove(path).catch(() => undefined); // otherwise gc removes it later
}

async function verifyOne(store: BinhostStore, { candidate, path }: StagedPackage): Promise<PackageFile> {
  const name = basename(candidate.file);
  const info = await stat(candidate.file).catch((error: unknown) => {
    throw fileError(error, candidate.file);
  });
  if (info.size < candidate.size)
    throw new SwarmError('SW4002', `${name}: only ${info.size} of ${candidate.size} bytes arrived`, {
      hint: 'The transfer was interrupted. Run: swarm runs resume last',
    });
  if (info.size > candidate.size)
    throw new SwarmError('SW4001', `${name} has ${info.size} bytes, but the building host declared ${candidate.size}`);
  const file = await readPackageFile(candidate.file);
  checkDigest(name, file.digests.sha256, candidate);
  checkDigest(`${name} in ${store.label}`, await store.digest(path, 'sha256'), candidate);
  checkRequested(name, file, candidate);
  if (candidate.expected !== undefined) assertAsPlanned(file, candidate.expected, candidate.expected.host);
  if (isBindist(file)) {
    throw new SwarmError('SW4007', `${file.cpv.text} has RESTRICT=bindist: its licence does not allow publishing it`, {
      hint: 'Leave it out of the build, or turn off the USE flag that restricts it.',
    });
  }
  return file;
}

function checkDigest(name: string, sha256: string, candidate: Candidate): void {
  if (sha256 === candidate.sha256) return;
  throw new SwarmError(
    'SW4001',
    `${name} has SHA-256 ${sha256.slice(0, 12)}…, but the building host declared ${candidate.sha256.slice(0, 12)}…`,
    {
      hint: 'It was not published. Build it again, or on another host.',
      detail: `read     ${sha256}\ndeclared ${candidate.sha256}`,
    },
  );
}

function checkRequested(name: string, file: PackageFile, candidate: Candidate): void {
  if (file.cpv.text !== candidate.cpv) {
    throw new SwarmError('SW4005', `${name} contains ${file.cpv.text}, but ${candidate.cpv} was requested`);
  }
  if (candidate.buildId !== undefined && file.buildId !== candidate.buildId) {
    throw new SwarmError('SW4005', `${name} has BUILD_ID ${file.buildId ?? 'none'}, but ${candidate.buildId} was requested`);
  }
}

function isBindist(file: PackageFile): boolean {
  const use = new Set((file.metadata.get('USE') ?? '').split(/\s+/));
  return resolveConditionals(file.metadata.get('RESTRICT') ?? '', use, false)
    .split(' ')
    .includes('bindist');
}
