import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { selectAgreedKeys } from '../../../src/fleet/trust/agreed-keys.ts';
import type { OfferedKeys } from '../../../src/fleet/trust/offered-keys.ts';
import { createHostKeyProof } from '../../../src/remote/ssh/host-key-proof.ts';
import { hostKey, local, makeHost, makeInventory, pinnedHost } from '../inventory-hosts.ts';

const host = makeHost('d1');
const nothingRevoked = (): boolean => false;
const offer = (address: string, ...keys: OfferedKeys['keys']): OfferedKeys => ({ route: local(address), keys });

describe('the keys that a host may be pinned with', () => {
  test('are the keys that every route has; one of a single route is not pinned', () => {
    const offers = [offer('10.0.0.1', hostKey('a'), hostKey('b')), offer('10.0.0.2', hostKey('b'), hostKey('c'))];
    expect(selectAgreedKeys(host, offers, makeInventory(host), nothingRevoked)).toEqual([hostKey('b')]);
  });

  test('are none while one route shows a key that it does not prove', () => {
    const proof = createHostKeyProof(() => expect.fail('nobody signed'));
    proof.acceptKey(hostKey('victim'));
    const liar: OfferedKeys = { route: local('10.0.0.2'), keys: [], error: proof.unprovenError() as SwarmError };
    expect(() => selectAgreedKeys(host, [offer('10.0.0.1', hostKey('a')), liar], makeInventory(host), nothingRevoked)).toThrow(
      expect.objectContaining({ code: 'SW2003', message: expect.stringContaining('does not prove') }),
    );
  });

  test('do not depend on a route that does not answer', () => {
    const down: OfferedKeys = { route: local('10.0.0.2'), keys: [], error: new SwarmError('SW2001', 'timeout') };
    expect(selectAgreedKeys(host, [down, offer('10.0.0.1', hostKey('a'))], makeInventory(host), nothingRevoked)).toEqual([hostKey('a')]);
  });

  test('are none where no route answers: the error of the worst route', () => {
    const errors = [new SwarmError('SW2001', 'timeout'), new SwarmError('SW2005', 'no common algorithm')];
    const offers = errors.map((error): OfferedKeys => ({ route: local('10.0.0.1'), keys: [], error }));
    expect(() => selectAgreedKeys(host, offers, makeInventory(host), nothingRevoked)).toThrow(/d1.*(timeout|no common algorithm)/);
  });

  test('are none where two routes lead to different machines; the known one is named', () => {
    const other = pinnedHost('gateway', [hostKey('g')]);
    const offers = [offer('10.0.0.1', hostKey('a')), offer('10.0.0.2', hostKey('g'))];
    expect(() => selectAgreedKeys(host, offers, makeInventory(host, other), nothingRevoked)).toThrow(
      expect.objectContaining({ code: 'SW3001', message: expect.stringMatching(/local 10\.0\.0\.2:22 is gateway/) }),
    );
  });

  test('are never the key of another host', () => {
    const other = pinnedHost('gateway', [hostKey('g')]);
    expect(() => selectAgreedKeys(host, [offer('10.0.0.1', hostKey('g'))], makeInventory(host, other), nothingRevoked)).toThrow(
      expect.objectContaining({ code: 'SW3009', message: expect.stringContaining('gateway') }),
    );
  });

  test('are never a revoked key, not even beside a good one', () => {
    const offers = [offer('10.0.0.1', hostKey('a'), hostKey('bad'))];
    const isRevoked = (key: { readonly blob: string }): boolean => key.blob === hostKey('bad').blob;
    expect(() => selectAgreedKeys(host, offers, makeInventory(host), isRevoked)).toThrow(expect.objectContaining({ code: 'SW2008' }));
  });
});
