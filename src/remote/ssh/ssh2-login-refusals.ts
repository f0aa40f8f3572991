import type { Client } from 'ssh2';

type FailureHandler = (protocol: unknown, methods: readonly string[], partial: boolean) => void;
interface PrivateClient {
  readonly _protocol?: { readonly _handlers?: { USERAUTH_FAILURE?: FailureHandler } };
}

/** Hears each refusal of a login: the methods that are left, and whether what was refused was taken as one proof of several. For a key of
 *  the agent ssh2 drops both. It has no event for it, so its private handler is changed, in this file alone. */
export function watchLoginRefusals(client: Client, onRefusal: (methodsLeft: readonly string[], partial: boolean) => void): void {
  const handlers = (client as unknown as PrivateClient)._protocol?._handlers;
  const handle = handlers?.USERAUTH_FAILURE;
  if (handlers === undefined || handle === undefined) return;
  handlers.USERAUTH_FAILURE = (protocol, methods, partial) => {
    onRefusal(methods, partial);
    handle(protocol, methods, partial);
  };
}
