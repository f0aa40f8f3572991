import type { HostName } from './host-name.ts';

/** Where an SSH server listens. `assumedPort`: the inventory names no port, and ~/.ssh/config may name another than 22. */
interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly assumedPort?: true;
}

/** One way to a host. A jump goes through another host of the inventory, which is proved on its own. */
export type Route =
  | ({ readonly kind: 'local' | 'tailscale' } & Endpoint)
  | ({ readonly kind: 'jump'; readonly via: HostName } & Endpoint)
  | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] }
  | { readonly kind: 'here' }; // localhost only: no network

/** `local 10.42.0.199:22`, `jump unraid 192.168.122.10:22`, `command lxc-attach -n builder --`: the form in events and JSON. */
export function formatRoute(route: Route): string {
  switch (route.kind) {
    case 'here':
      return 'here';
    case 'command':
      return `command ${route.argv.join(' ')}`;
    case 'jump':
      return `jump ${route.via} ${formatEndpoint(route)}`;
    case 'local':
    case 'tailscale':
      return `${route.kind} ${formatEndpoint(route)}`;
  }
}

/** Does the route speak SSH, so that the machine shows a host key? */
export const isSshRoute = (route: Route): route is Exclude<Route, { readonly kind: 'here' | 'command' }> =>
  route.kind !== 'here' && route.kind !== 'command';

function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
