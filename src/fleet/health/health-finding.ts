/** One thing that is wrong (`bad`), or that will be (`warn`). */
export interface HealthFinding {
  /** The host, the Tailscale peer, `binhost`, `inventory` or `healing`. */
  readonly name: string;
  readonly status: 'bad' | 'warn';
  readonly about: FindingTopic;
  readonly message: string;
  readonly hint?: string;
}

type FindingTopic =
  | 'route'
  | 'identity'
  | 'clone'
  | 'service'
  | 'disk'
  | 'clock'
  | 'block'
  | 'sshd'
  | 'tool'
  | 'tree'
  | 'target'
  | 'binhost'
  | 'tailscale'
  | 'inventory'
  | 'healing';

/** A finding as one expression. */
export const makeFinding = (
  { name }: { readonly name: string },
  status: HealthFinding['status'],
  about: FindingTopic,
  message: string,
  hint?: string,
): HealthFinding => ({
  name,
  status,
  about,
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** The exit code: 7 for a host that is not trusted or an identity that is wrong, 2 for anything else that is bad,
 *  4 when all that is wrong is hosts out of reach. */
export function healthExitCode(findings: readonly HealthFinding[]): number {
  const bad = findings.filter(({ status }) => status === 'bad');
  if (bad.some(({ about }) => about === 'identity' || about === 'clone')) return 7;
  if (bad.some(({ about }) => about !== 'route')) return 2;
  return bad.length > 0 ? 4 : 0;
}
