import type { Client } from 'ssh2';

type GlobalRequestHandler = (protocol: unknown, name: string, ...rest: unknown[]) => void;
interface PrivateClient {
  readonly _protocol?: { readonly _handlers?: { GLOBAL_REQUEST?: GlobalRequestHandler } };
}

/** After each login OpenSSH names all its host keys, and ssh2 has it sign with every one of them. Nobody uses the result: the key of the
 *  handshake is compared with the pins. This spares both sides the signatures. ssh2 has no option for it, so its private handler is
 *  changed, in this file alone. ssh2-private-parts.test.ts fails when a new version has no such handler. */
export function ignoreOtherHostKeys(client: Client): void {
  const handlers = (client as unknown as PrivateClient)._protocol?._handlers;
  const handle = handlers?.GLOBAL_REQUEST;
  if (handlers === undefined || handle === undefined) return;
  handlers.GLOBAL_REQUEST = (protocol, name, ...rest) => {
    if (name !== 'hostkeys-00@openssh.com') handle(protocol, name, ...rest);
  };
}
