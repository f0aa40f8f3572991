import { relative } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Target } from '../../core/inventory/target.ts';

/** The error with a hint that names the target's own folder: what is set there decides, not what the drones have in /etc/portage. */
export function hintFolder(thrown: unknown, { portage }: Pick<Target, 'portage'>, project: string): unknown {
  if (!(thrown instanceof SwarmError) || portage === undefined || thrown.hint === undefined) return thrown;
  const folder = relative(project, portage);
  const hint = thrown.hint.replace(
    /(\bpackage\.\w+|^Add these lines) on the drones: /,
    (_, setting: string) => `${setting} in ${folder}: `,
  );
  return thrown.with({ hint });
}
