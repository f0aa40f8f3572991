import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SwarmError } from '../../core/error.ts';

/** What we read of a peer; everything else may come, go and change its form from release to release. */
const peer = z.looseObject({
  ID: z.string().optional(),
  HostName: z.string().catch(''),
  DNSName: z.string().catch(''),
  TailscaleIPs: z.array(z.string()).nullish(),
  PrimaryRoutes: z.array(z.string()).nullish(),
  Online: z.boolean().catch(false),
  KeyExpiry: z.string().nullish(),
  OS: z.string().catch(''),
});

const status = z.looseObject({
  BackendState: z.string().catch('unknown'),
  Self: peer.nullish(),
  Peer: z.record(z.string(), peer.nullish().catch(null)).nullish(),
});

export interface Peer {
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

/** `tailscale status --json`, or a file in its place; undefined where tailscale is not there or not running. Throws SW5003 for a file that is no such document. */
export async function tailscalePeers(file?: string): Promise<readonly Peer[] | undefined> {
  const text = file === undefined ? await fromCommand() : await readFile(file, 'utf8');
  if (text === undefined) return undefined;
  const parsed = parse(text, file ?? 'tailscale status --json');
  if (parsed.BackendState !== 'Running') return undefined;
  const peers = Object.values(parsed.Peer ?? {}).flatMap((each) => (each == null ? [] : [peerOf(each, false)]));
  return parsed.Self == null ? peers : [peerOf(parsed.Self, true), ...peers];
}

async function fromCommand(): Promise<string | undefined> {
  try {
    return (await promisify(execFile)('tailscale', ['status', '--json'], { timeout: 10_000, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch {
    return undefined; // not installed, or no daemon
  }
}

function parse(text: string, from: string): z.output<typeof status> {
  try {
    return status.parse(JSON.parse(text));
  } catch (cause) {
    throw new SwarmError('SW5003', `${from} is not what tailscale status --json prints`, {
      cause,
      hint: 'tailscale status --json > FILE makes one',
    });
  }
}

function peerOf(each: z.output<typeof peer>, self: boolean): Peer {
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
