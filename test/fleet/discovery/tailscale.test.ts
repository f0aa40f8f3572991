import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTailscalePeers } from '../../../src/fleet/discovery/tailscale.ts';

const file = (content: unknown): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'swarm-ts-')), 'status.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const full = {
  BackendState: 'Running',
  Self: { ID: 'n1', HostName: 'orion', DNSName: 'orion.tail.ts.net.', TailscaleIPs: ['100.64.0.1', 'fd7a::1'], Online: true },
  Peer: {
    'nodekey:a': {
      ID: 'n2',
      HostName: 'gateway',
      DNSName: 'gateway.tail.ts.net.',
      TailscaleIPs: ['100.64.0.88'],
      PrimaryRoutes: ['10.42.0.0/24', '0.0.0.0/0'],
      Online: true,
      KeyExpiry: '2027-01-02T03:04:05Z',
    },
    'nodekey:b': { ID: 'n3', HostName: 'ghost', TailscaleIPs: null, Online: false, KeyExpiry: '0001-01-01T00:00:00Z' },
  },
};

describe('tailscale status --json', () => {
  test('gives peers with addresses, routed networks and the end of their key', async () => {
    expect(await readTailscalePeers(file(full))).toEqual([
      { id: 'n1', name: 'orion', addresses: ['100.64.0.1', 'fd7a::1'], networks: [], online: true, self: true },
      {
        id: 'n2',
        name: 'gateway',
        addresses: ['100.64.0.88'],
        networks: ['10.42.0.0/24'],
        online: true,
        self: false,
        expires: '2027-01-02T03:04:05Z',
      },
      { id: 'n3', name: 'ghost', addresses: [], networks: [], online: false, self: false },
    ]);
  });
  test('is read tolerantly: fields may be missing, null, or new', async () => {
    const odd = { BackendState: 'Running', Self: null, Peer: { x: { HostName: 7, New: {} }, y: null }, Future: [] };
    expect(await readTailscalePeers(file(odd))).toEqual([{ id: '', name: '', addresses: [], networks: [], online: false, self: false }]);
  });
  test('counts for nothing while tailscale is not running', async () => {
    expect(await readTailscalePeers(file({ ...full, BackendState: 'NeedsLogin' }))).toBeUndefined();
  });
  test('that is no such document is refused with the way to make one', async () => {
    await expect(readTailscalePeers(file('not json'))).rejects.toMatchObject({
      code: 'SW5003',
      hint: expect.stringContaining('tailscale status --json >'),
    });
  });
});
