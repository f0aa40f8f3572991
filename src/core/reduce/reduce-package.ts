import type { EventOf } from '../event.ts';
import type { RunState } from '../run-state.ts';

/** A package that clients see now. */
export function addPublished(state: RunState, { cpv, path, size, sha256, host, target }: EventOf<'package.published'>): RunState {
  // two targets may publish different files under one path, each on its own binhost
  const others = state.published.filter((each) => each.path !== path || each.sha256 !== sha256);
  const published = [...others, { cpv, path, size, sha256, host }];
  if (state.held === undefined) return { ...state, published };
  return { ...state, published, held: state.held.filter((each) => !isSamePackage(each, { cpv, target })) };
}

/** The same version for the same target. A newer build of it replaces the older entry. */
const isSamePackage = (one: HeldName, other: HeldName): boolean => one.cpv === other.cpv && one.target === other.target;
type HeldName = { readonly cpv: string; readonly target?: string | undefined };

/** A package that is built and held back until what it needs is published. */
export function addHeld(state: RunState, { cpv, path, needs, ...more }: EventOf<'package.held'>): RunState {
  const before = (state.held ?? []).find((each) => isSamePackage(each, { cpv, target: more.target }));
  const others = (state.held ?? []).filter((each) => each !== before);
  const { target, wanted = before?.wanted } = more;
  const held = { cpv, path, needs, ...(target === undefined ? {} : { target }), ...(wanted === undefined ? {} : { wanted }) };
  return { ...state, held: [...others, held] };
}
