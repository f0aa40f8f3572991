import { readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';

/** What decides which commands run: the project itself, and what is read or loaded from it. */
const FOLDERS = [
  '.',
  'inventory',
  'group_vars',
  'host_vars',
  'playbooks',
  'modules',
  'templates',
  'files',
  '.swarm',
  '.swarm/cache',
  '.swarm/cache/facts',
];
/** Of these every entry counts too: it may be a link, or have been put there before the folder was closed. */
const FOLDERS_OF_CODE = new Set(['inventory', 'playbooks', 'modules']);
const WRITABLE_BY_OTHERS = 0o002;

/** A project that nobody named belongs to the user or to root, and nobody else may write to it: its routes, modules and secrets run
 *  commands as the user. Throws SW5021. */
export function assertOwnProject(dir: string): void {
  const owners = trustedOwners();
  for (const folder of FOLDERS) {
    const path = join(dir, folder);
    assertOwn(dir, path, owners);
    if (FOLDERS_OF_CODE.has(folder)) for (const name of listNames(path)) assertOwn(dir, join(path, name), owners);
  }
}

/** A program that swarm starts belongs to the user or to root, and nobody else may write to it or put another in its place. Throws SW5021. */
export function assertOwnFile(file: string): void {
  const owners = trustedOwners();
  for (const path of [dirname(file), file]) assertOwn(dirname(file), path, owners);
}

/** The user, root, and who called sudo. */
function trustedOwners(): ReadonlySet<number | undefined> {
  const uid = process.getuid?.();
  const caller = process.env['SUDO_UID'];
  return new Set([uid, 0, ...(uid === 0 && caller !== undefined && /^\d+$/.test(caller) ? [Number(caller)] : [])]);
}

function assertOwn(dir: string, path: string, owners: ReadonlySet<number | undefined>): void {
  const stat = statOf(path);
  if (stat === undefined) return;
  if (!owners.has(stat.uid)) throw foreignError(dir, `${path} belongs to another user (uid ${stat.uid})`);
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0) throw foreignError(dir, `everybody may write to ${path}`);
}

/** Of what a link leads to; undefined for what is not there or cannot be reached, as it cannot be read either. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function listNames(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

const foreignError = (dir: string, why: string): SwarmError =>
  new SwarmError('SW5021', `the project ${dir} was not used: ${why}`, {
    hint: `A project can run commands as you. If you trust it, name it: swarm -C ${quoteWord(dir)} …`,
  });
