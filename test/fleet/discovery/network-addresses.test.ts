import { describe, expect, test } from 'vitest';
import { isInNetworks, listAddresses } from '../../../src/fleet/discovery/network-addresses.ts';

describe('the addresses of a network', () => {
  test('leave out network and broadcast address', () => {
    const all = listAddresses('10.42.0.0/24');
    expect([all.length, all[0], all.at(-1)]).toEqual([254, '10.42.0.1', '10.42.0.254']);
  });
  test('start at the network, whichever address of it is written', () => {
    expect(listAddresses('192.168.20.77/30')).toEqual(['192.168.20.77', '192.168.20.78']);
  });
  test('of one host are that host', () => {
    expect(listAddresses('10.0.0.7/32')).toEqual(['10.0.0.7']);
  });
  test.each(['10.42.0.0', '10.42.0/24', '10.42.0.0/33', 'fd00::/64', '10.0.0.0/8'])('%s is refused', (network) => {
    expect(() => listAddresses(network)).toThrow(expect.objectContaining({ code: 'SW1303' }));
  });
});

test('a network covers its own addresses and no others', () => {
  expect(isInNetworks(['192.168.20.0/24', 'fd7a::/48'], '192.168.20.196')).toBe(true);
  expect(isInNetworks(['192.168.20.0/24'], '192.168.21.1')).toBe(false);
  expect(isInNetworks(['fd7a::/48'], 'fd7a::91')).toBe(true);
  expect(isInNetworks(['garbage'], '10.0.0.1')).toBe(false);
  expect(isInNetworks(['10.0.0.0/8'], 'drone.example')).toBe(false);
});
