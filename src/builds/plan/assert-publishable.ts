import { SwarmError } from '../../core/error/swarm-error.ts';
import type { PlanItem } from '../../gentoo/plan/build-plan.ts';

/** Throws SW4007 where a package is requested that must not be published, before anything is compiled. Of other packages with
 *  RESTRICT=bindist a plan has no item. */
export function assertPublishable(items: readonly Pick<PlanItem, 'cpv' | 'restrict'>[]): void {
  const [first, ...more] = items.filter(({ restrict }) => restrict.includes('bindist')).map(({ cpv }) => cpv);
  if (first === undefined) return;
  throw new SwarmError('SW4007', `${first} has RESTRICT=bindist: its licence does not allow publishing it`, {
    hint: 'Leave it out of the build, or turn off the USE flag that restricts it. Clients must build it themselves.',
    detail: more.length === 0 ? undefined : `So have: ${more.join(', ')}`,
  });
}
