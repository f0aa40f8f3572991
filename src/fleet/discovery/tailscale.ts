import { z } from 'zod';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalFile } from '../../core/files/read-local-file.ts';
import { readLocalProgram } from '../../remote/transport/local-program.ts';

/** What we read of a peer; everything else may come, go and change its form from release to release. */
const peerSchema = z.looseObject({
  ID: z.string().optional(),
  HostName: z.string().catch(''),
  DNSName: z.string().catch(''),
  TailscaleIPs: z.array(z.string()).nullish(),
  PrimaryRoutes: z.array(z.string()).nullish(),
  Online: z.boolean().catch(false),
  KeyExpiry: z.string().nullish(),
  OS: z.string().catch(''),
});

const statusSchema = z.looseObject({
  BackendState: z.string().catch('unknown'),
  Self: peerSchema.nullish(),
  Peer: z.record(z.string(), peerSchema.nullish().catch(null)).nullish(),
});

/** The networks from which Tailscale gives addresses. */
export const TAILNET_NETWORKS = ['100.64.0.0/10', 'fd7a:115c:a1e0::/48'];

/** A machine of the tailnet. */
export interface TailscalePeer {
  readonly id: string;
  /** Host name as the peer gives it: not unique, proves nothing. */
  readonly name: string;
  readonly addresses: readonly string[];
  /** Networks that the peer routes: behind one of them our local address may be another machine. */
  readonly networks: readonly string[];
  readonly online: boolean;
  readonly expires?: string;
  readonly self: boolean;
}

/** `tailscale status --json`, or a file in its place; undefined where tailscale is not installed or not running.
 *  Throws SW5003 for a file that is no such document. */
export async function readTailscalePeers(file?: string): Promise<readonly TailscalePeer[] | undefined> {
  const text = file === undefined ? await runTailscale() : (await readLocalFile(file)).toString('utf8');
  if (text === undefined) return undefined;
  const parsed = parseStatus(text, file ?? 'tailscale status --json');
  if (parsed.BackendState !== 'Running') return undefined;
  const peers = Object.values(parsed.Peer ?? {}).flatMap((each) => (each == null ? [] : [toPeer(each, false)]));
  return parsed.Self == null ? peers : [toPeer(parsed.Self, true), ...peers];
}

async function runTailscale(): Promise<string | undefined> {
  const { exit, stdout } = await readLocalProgram(['tailscale', 'status', '--json'], { timeoutMs: 10_000, maxBytes: 64 * 1024 * 1024 });
  return exit === 0 ? stdout : undefined; // not installed, or no daemon
}

function parseStatus(text: string, from: string): z.output<typeof statusSchema> {
  try {
    return statusSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SwarmError('SW5003', `${from} is not what tailscale status --json prints`, {
      cause,
      hint: from.startsWith('tailscale ') ? `To see what it prints, run: ${from}` : `Make one with: tailscale status --json > ${from}`,
    });
  }
}

function toPeer(each: z.output<typeof peerSchema>, self: boolean): TailscalePeer {
  const expires = each.KeyExpiry == null || each.KeyExpiry.startsWith('0001-') ? undefined : each.KeyExpiry;
  return {
    id: each.ID ?? '',
    name: each.HostName || each.DNSName.replace(/\.$/, ''),
    addresses: each.TailscaleIPs ?? [],
    networks: (each.PrimaryRoutes ?? []).filter((network) => network !== '0.0.0.0/0' && network !== '::/0'),
    online: each.Online || self,
    ...(expires === undefined ? {} : { expires }),
    self,
  };
}
