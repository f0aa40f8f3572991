import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { type Identity, isSameKey } from '../../core/inventory/host-identity.ts';
import { writePin } from '../../remote/identity/pins.ts';
import { formatHostKey, isSameIdentity } from './pin-rules.ts';

/** The pins of a project: by inventory name. */
export type Pins = ReadonlyMap<string, Identity>;

/** Pins the host. `before` has the pins on which a person decided. Throws where another process has since changed the pin of the host
 *  (SW1305), or has pinned one of its keys for another host (SW3009). The same pin of another process is fine, but not for a `new` host:
 *  that process may still take it back. */
export async function storePin(
  pinsFile: string,
  host: Pick<Host, 'name'>,
  identity: Identity,
  before: Pins,
  kind: 'known' | 'new' = 'known',
): Promise<void> {
  await writePin(pinsFile, host.name, identity, (now) => {
    if (kind === 'new' || !isSamePin(identity, now.get(host.name))) assertUnchanged(host.name, before, now);
    for (const [name, other] of now) {
      if (name !== host.name && !isSamePin(before.get(name), other)) assertOwnKeys(host.name, identity, name, other);
    }
  });
}

/** Takes back a pin that this process has just stored; a pin that is another one by now stays. */
export async function takeBackPin(pinsFile: string, host: Pick<Host, 'name'>, identity: Identity, before: Pins): Promise<void> {
  await writePin(pinsFile, host.name, before.get(host.name) ?? { hostKeys: [] }, (now) => {
    assertUnchanged(host.name, new Map([[host.name, identity]]), now);
  });
}

function assertUnchanged(name: string, before: Pins, now: Pins): void {
  const current = now.get(name);
  if (isSamePin(before.get(name), current)) return;
  throw new SwarmError('SW1305', `${name} was not pinned: another process changed its pin meanwhile`, {
    hint: `Compare the keys again: swarm hosts trust ${name}`,
  });
}

function assertOwnKeys(name: string, identity: Identity, otherName: string, other: Identity): void {
  const shared = identity.hostKeys.find((key) => other.hostKeys.some((each) => isSameKey(each, key)));
  if (shared === undefined) return;
  throw new SwarmError('SW3009', `${name} shows a key that was pinned for ${otherName} meanwhile: ${formatHostKey(shared)}`, {
    hint: `Nothing was pinned for ${name}. The two names are one machine, or one machine is a clone of the other.`,
  });
}

const isSamePin = (one: Identity | undefined, other: Identity | undefined): boolean =>
  one === undefined || other === undefined ? one === other : isSameIdentity(one, other);
