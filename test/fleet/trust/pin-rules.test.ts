import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../../src/core/inventory/host-identity.ts';
import {
  checkKeyChange,
  checkMachineIdChange,
  findTwins,
  isSameIdentity,
  selectByFingerprint,
} from '../../../src/fleet/trust/pin-rules.ts';
import { hostKey, makeHost, makeInventory, pinnedHost } from '../inventory-hosts.ts';

const [a, b] = [hostKey('a'), hostKey('b')];

describe('a change of host keys', () => {
  test('of a host that was never trusted is something to pin', () => {
    expect(checkKeyChange(makeHost('d1'), [a], false)).toBe(true);
  });

  test('is none where the machine shows the pinned keys, or some of them', () => {
    expect(checkKeyChange(pinnedHost('d1', [a]), [a], false)).toBe(false);
    expect(checkKeyChange(pinnedHost('d1', [a, b]), [a], false)).toBe(false);
  });

  test('to other keys is refused, and the command to replace them is named', () => {
    expect(() => checkKeyChange(pinnedHost('d1', [a]), [b], false)).toThrow(
      expect.objectContaining({ code: 'SW2003', hint: expect.stringContaining('swarm hosts trust d1 --replace') }),
    );
  });

  test('to further keys is refused, and the command to learn them is named', () => {
    expect(() => checkKeyChange(pinnedHost('d1', [a]), [a, b], false)).toThrow(
      expect.objectContaining({ code: 'SW2003', hint: expect.stringContaining('swarm hosts trust d1 --rotate') }),
    );
  });

  test('is accepted with --replace, and only where something differs', () => {
    expect(checkKeyChange(pinnedHost('d1', [a]), [b], true)).toBe(true);
    expect(checkKeyChange(pinnedHost('d1', [a]), [a], true)).toBe(false);
  });
});

test('a machine-id that changed is refused without --replace', () => {
  const host = pinnedHost('pod', [], { identity: { hostKeys: [], machineId: 'one' } });
  expect(checkMachineIdChange(host, 'one', false)).toBe(false);
  expect(checkMachineIdChange(makeHost('pod'), 'one', false)).toBe(true);
  expect(checkMachineIdChange(host, 'two', true)).toBe(true);
  expect(() => checkMachineIdChange(host, 'two', false)).toThrow(expect.objectContaining({ code: 'SW3004' }));
});

describe('a fingerprint that a person gives', () => {
  test('selects that key alone, with SHA256: or without', () => {
    const print = fingerprint(b.blob);
    expect(selectByFingerprint(makeHost('d1'), [a, b], print)).toEqual([b]);
    expect(selectByFingerprint(makeHost('d1'), [a, b], print.replace('SHA256:', ''))).toEqual([b]);
    expect(selectByFingerprint(makeHost('d1'), [a, b], undefined)).toEqual([a, b]);
  });

  test('of no key that the machine shows is refused', () => {
    expect(() => selectByFingerprint(makeHost('d1'), [a], fingerprint(b.blob))).toThrow(expect.objectContaining({ code: 'SW2003' }));
  });
});

test('twins are the other hosts with the same machine-id', () => {
  const withId = (name: string, machineId: string) => pinnedHost(name, [], { identity: { hostKeys: [hostKey(name)], machineId } });
  const [one, two, three] = [withId('one', 'x'), withId('two', 'x'), withId('three', 'y')];
  expect(findTwins(one, 'x', makeInventory(one, two, three))).toEqual([two]);
});

test('an identity is the same whatever the order of its keys', () => {
  expect(isSameIdentity({ hostKeys: [a, b], machineId: 'x' }, { hostKeys: [b, a], machineId: 'x' })).toBe(true);
  expect(isSameIdentity({ hostKeys: [a, b] }, { hostKeys: [a] })).toBe(false);
  expect(isSameIdentity({ hostKeys: [a], machineId: 'x' }, { hostKeys: [a], machineId: 'y' })).toBe(false);
  expect(isSameIdentity(undefined, { hostKeys: [a] })).toBe(false);
});
