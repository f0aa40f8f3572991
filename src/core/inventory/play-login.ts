import type { Host } from './host.ts';
import { isSshRoute, type Route } from './route.ts';

/** What a play says of the login on its hosts: `remote_user` and `port`. */
export interface PlayLogin {
  readonly user?: string;
  readonly port?: number;
}

/** The host with this user, and with this port on each route over SSH. What its machine must prove stays as it is. */
export function withPlayLogin(host: Host, { user, port }: PlayLogin): Host {
  return {
    ...host,
    ...(port === undefined ? {} : { routes: host.routes.map((route) => withPort(route, port)) as unknown as Host['routes'] }),
    ...(user === undefined ? {} : { login: { ...omitAssumed(host.login), user } }),
  };
}

/** Whether both lead to the same login. */
export const isSameLogin = (one: PlayLogin, other: PlayLogin): boolean => one.user === other.user && one.port === other.port;

function omitAssumed({ assumedUser: _, ...login }: Host['login']): Host['login'] {
  return login;
}

function withPort(route: Route, port: number): Route {
  if (!isSshRoute(route)) return route;
  const { assumedPort: _, ...named } = route;
  return { ...named, port };
}
