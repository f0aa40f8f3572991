import type { Client, ParsedKey } from 'ssh2';
import type { HostKey } from '../../core/inventory/host-identity.ts';

type GlobalRequestHandler = (protocol: unknown, name: string, ...rest: unknown[]) => void;
interface PrivateClient {
  readonly _protocol?: { readonly _handlers?: { GLOBAL_REQUEST?: GlobalRequestHandler } };
}

/** After each login OpenSSH names all its host keys, and ssh2 has it sign with every one of them. Only trust needs the result, so both
 *  sides are spared the signatures until `proveHostKeys` is called. ssh2 has no option for it, so its private handler is changed, in this
 *  file alone. ssh2-private-parts.test.ts fails when a new version has no such handler. */
export function holdHostKeyProof(client: Client): { proveHostKeys(): Promise<readonly HostKey[]> } {
  let startProof: (() => void) | undefined;
  const handlers = (client as unknown as PrivateClient)._protocol?._handlers;
  const handle = handlers?.GLOBAL_REQUEST;
  if (handlers !== undefined && handle !== undefined) {
    handlers.GLOBAL_REQUEST = (protocol, name, ...rest) => {
      if (name === 'hostkeys-00@openssh.com') startProof = () => handle(protocol, name, ...rest);
      else handle(protocol, name, ...rest);
    };
  }
  return {
    proveHostKeys: () =>
      new Promise((resolve, reject) => {
        if (startProof === undefined) return resolve([]);
        const keys: HostKey[] = [];
        client.once('hostkeys', (proven: readonly ParsedKey[]) => {
          for (const key of proven) keys.push({ type: key.type, blob: key.getPublicSSH().toString('base64') });
        });
        startProof();
        // a server answers requests in their order: when this one is refused, the keys have been proved or never will be
        client.unforwardIn('127.0.0.1', 1, () => resolve(keys));
        client.once('close', () => reject(new Error('the connection was closed')));
      }),
  };
}
