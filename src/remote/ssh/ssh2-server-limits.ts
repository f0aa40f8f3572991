import type { Client } from 'ssh2';
import { cleanText } from './server-words.ts';

type Handler = (protocol: unknown, ...values: never[]) => void;
type Handlers = Record<string, Handler | undefined>;
interface PrivateClient {
  readonly _protocol?: { readonly _handlers?: Handlers };
  readonly _chanMgr?: { get(id: number): { readonly incoming?: { readonly window: number } } | undefined };
}
interface OpenedChannel {
  readonly packetSize: number;
}

/** Every server takes packets of 32 KiB. With 0 ssh2 would send empty ones for ever. */
const SMALLEST_PACKET = 1024;
/** What a server may send beyond the window: OpenSSH lets its own servers exceed it by a tenth. */
const MOST_BEYOND_WINDOW = 256 * 1024;

/** Ends a connection whose server breaks the rules of SSH in a way that ssh2 does not look for and that costs this machine without end, and
 *  shortens what it says. ssh2 has no event for it, so its private handlers are changed, in this file alone. */
export function holdServerToLimits(client: Client): void {
  const { _protocol, _chanMgr: channels } = client as unknown as PrivateClient;
  const handlers = _protocol?._handlers;
  if (handlers === undefined) return;
  const end = (why: string): void => {
    client.emit('error', new Error(why));
    client.destroy();
  };
  const wrap = (name: string, check: (handle: Handler, protocol: unknown, values: never[]) => void): void => {
    const handle = handlers[name];
    if (handle !== undefined) handlers[name] = (protocol, ...values) => check(handle, protocol, values);
  };
  for (const name of ['CHANNEL_OPEN_CONFIRMATION', 'CHANNEL_OPEN'])
    wrap(name, (handle, protocol, values) => {
      const { packetSize } = values[0] as unknown as OpenedChannel;
      if (packetSize < SMALLEST_PACKET) end(`the server takes only packets of ${packetSize} bytes`);
      else handle(protocol, ...values);
    });
  for (const name of ['CHANNEL_DATA', 'CHANNEL_EXTENDED_DATA'])
    wrap(name, (handle, protocol, values) => {
      const [recipient, data] = values as unknown as [number, Buffer];
      const window = channels?.get(recipient)?.incoming?.window;
      if (window !== undefined && data.length > window + MOST_BEYOND_WINDOW) end('the server sends more than it was allowed to');
      else handle(protocol, ...values);
    });
  for (const [name, place] of [
    ['DISCONNECT', 1],
    ['CHANNEL_OPEN_FAILURE', 2],
  ] as const)
    wrap(name, (handle, protocol, values) => handle(protocol, ...(values.with(place, cleanText(values[place] ?? '') as never) as never[])));
}
