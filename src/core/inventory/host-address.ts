import type { Host } from './host.ts';

/** The address of the first route that has one; else the name of the host. */
export function addressOf({ name, routes }: Host): string {
  for (const route of routes) if ('address' in route) return route.address;
  return name;
}
