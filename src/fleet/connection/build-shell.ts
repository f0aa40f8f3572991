import type { Host } from '../../core/inventory/host.ts';
import { isSshRoute, type Route } from '../../core/inventory/route.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';

/** The command that opens a shell in the work folder of a build, with the rights that builds have.
 *  ssh hands one text to a shell; other routes take words. */
export function makeBuildShell({ login: { become } }: Host, route: Route, folder: string): readonly string[] {
  const rights = become === undefined || become.method === 'su' ? [] : [become.method, '-u', become.user];
  const words = [...rights, 'sh', '-c', readProgram('src/fleet/connection/build-shell.sh'), 'sh', folder];
  return isSshRoute(route) ? words.map(quoteWord) : words;
}
