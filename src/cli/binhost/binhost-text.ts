import type { HeldFile } from '../../gentoo/binhost/held-packages.ts';

/** The document of the one binhost, where there is one; else that of all together. */
export const singleOr = (binhosts: readonly object[], all: object): object => (binhosts.length === 1 ? (binhosts[0] ?? all) : all);

/** ` (desktop, server)`; nothing where the inventory names no targets. */
export const formatTargets = (targets: readonly string[]): string =>
  targets.length === 1 && targets[0] === 'default' ? '' : ` (${targets.join(', ')})`;

/** The start of a line about one of several binhosts: its path and its targets. */
export const binhostPrefix = (
  binhosts: readonly object[],
  { path, targets }: { readonly path: string; readonly targets: readonly string[] },
): string => (binhosts.length === 1 ? '' : `${path}${formatTargets(targets)}: `);

/** A package that is held back, as a row of a document. */
export const toHeldRow = ({ cpv, path, needs }: HeldFile) => ({ name: cpv, status: 'held', path, needs });

/** The line about a package that is held back. */
export const formatHeld = ({ name, needs }: ReturnType<typeof toHeldRow>): string =>
  `held back ${name}: clients cannot install it, because it needs ${needs.join(', ')}`;
