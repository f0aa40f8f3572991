import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { findHosts, type Project } from '../project/project.ts';
import { sortByJumpDepth } from './trust-order.ts';

const FINGERPRINT = /^(?:SHA256:)?[A-Za-z0-9+/]{43}$/;

/** The hosts of these names, or without names those that are not trusted yet; jump hosts before what lies behind them. Throws SW1202
 *  for localhost alone, for a fingerprint with several hosts, and for a text that is no fingerprint. */
export function selectHostsToTrust(
  names: readonly string[],
  project: Project,
  options: { readonly fingerprint?: string; readonly limit?: string },
): readonly Host[] {
  const matched = new Set((names.length > 0 ? names : ['all']).flatMap((name) => [...findHosts(project, name, options)]));
  const wanted = [...matched].filter((host) => host.routes[0].kind !== 'here' && (names.length > 0 || host.identity === undefined));
  if (names.length > 0 && wanted.length === 0) throw new SwarmError('SW1202', 'localhost is this machine and needs no pin');
  if (options.fingerprint !== undefined && wanted.length !== 1)
    throw new SwarmError('SW1202', `--fingerprint is for one host, and ${wanted.length} were named`, { hint: 'Name one host.' });
  if (options.fingerprint !== undefined && !FINGERPRINT.test(options.fingerprint))
    throw new SwarmError('SW1202', `--fingerprint ${options.fingerprint} is not a fingerprint`, {
      hint: 'Write SHA256: and 43 characters, as ssh-keygen -lf prints them.',
    });
  return sortByJumpDepth(wanted, project.inventory);
}
