import type { Client } from 'ssh2';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { fingerprint, type HostKey } from '../../core/inventory/host-identity.ts';

/** The key of a handshake: shown at first, and proved once its owner has signed the key exchange with it. */
export interface HostKeyProof {
  /** For the handshake: takes any key, since nothing is decided before the signature; in a later exchange only the proved one. */
  readonly acceptKey: (key: HostKey) => boolean;
  /** Undefined: no machine has proved a key. */
  readonly provenKey: () => HostKey | undefined;
  /** SW2003 where a key was shown that its owner did not prove. */
  readonly unprovenError: () => SwarmError | undefined;
}

const UNPROVEN = { unproven: true };

/** Is the error that of a key which was shown and not proved? */
export const isUnprovenKey = ({ cause }: SwarmError): boolean => cause === UNPROVEN;

/** ssh2 asks whether it may take a key before it checks its signature: such a key may be anybody's. Its event `handshake` comes after the
 *  check, so `onProven` is called from there, before a login begins. */
export function createHostKeyProof(onProven: (key: HostKey) => void): HostKeyProof & { watch(client: Client): void } {
  let shown: HostKey | undefined;
  let proven: HostKey | undefined;
  return {
    acceptKey: (key) => {
      if (proven !== undefined) return key.blob === proven.blob;
      shown = key;
      return true;
    },
    provenKey: () => proven,
    unprovenError: () =>
      shown === undefined || proven !== undefined
        ? undefined
        : new SwarmError('SW2003', `the machine shows a host key that it does not prove: ${shown.type} ${fingerprint(shown.blob)}`, {
            hint: 'Somebody may answer in the place of the host. Check its address, and who else is in that network.',
            cause: UNPROVEN,
          }),
    watch: (client) => {
      client.on('handshake', () => {
        if (shown === undefined || proven !== undefined) return;
        proven = shown;
        onProven(proven);
      });
    },
  };
}
