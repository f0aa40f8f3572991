import type { SwarmError } from '../../core/error/swarm-error.ts';
import { formatConfigPosition } from '../ssh-config/config-position.ts';
import type { UnusedLine } from '../ssh-config/evaluate-config.ts';

/** The error of a route that failed, with what ~/.ssh/config says of it and swarm does not do: that may be the reason. */
export function explainUnused(error: SwarmError, unused: readonly UnusedLine[]): SwarmError {
  if (unused.length === 0 || !UNREACHED.has(error.code)) return error;
  const lines = unused.map((each) => `${each.keyword} (${formatConfigPosition(each)})`).join(', ');
  return error.with({
    message: `${error.message}; swarm does not use ${lines}`,
    hint: unused.map(({ keyword }) => unusedLineHint(keyword)).find((each) => each !== undefined) ?? error.hint,
  });
}

/** Errors of a route that a line without effect may explain: no way to the host, a refused login, a full server. */
const UNREACHED = new Set(['SW2001', 'SW2002', 'SW2042']);

/** What to write in the inventory instead. */
export function unusedLineHint(keyword: string): string | undefined {
  if (keyword === 'ProxyCommand')
    return 'swarm runs no program of ssh_config. Write a jump route: { jump: { via: HOST, address: A } }, or ProxyJump in the file.';
  if (keyword.startsWith('Match ')) return `swarm does not evaluate ${keyword}. Write the block with Host, or with Match host or user.`;
  if (keyword === 'CertificateFile') return 'swarm logs in with plain keys. Put your key into authorized_keys of the host.';
  if (keyword === 'PKCS11Provider') return 'Put the key into the agent: ssh-add -s PROVIDER';
  if (keyword === 'CanonicalDomains') return 'Write the full name of the host as the address of the route.';
  return undefined;
}
