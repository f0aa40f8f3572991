import type { EventOf } from '../event.ts';
import type { RunState } from '../run-state.ts';

/** A package that clients see now. */
export function addPublished(state: RunState, { cpv, path, size, sha256, host }: EventOf<'package.published'>): RunState {
  // two targets may publish different files under one path, each on its own binhost
  const others = state.published.filter((each) => each.path !== path || each.sha256 !== sha256);
  const published = [...others, { cpv, path, size, sha256, host }];
  if (state.held === undefined) return { ...state, published };
  return { ...state, published, held: state.held.filter((each) => each.path !== path) };
}

/** A package that was built, and that clients do not see before there is what it needs. */
export function addHeld(state: RunState, { cpv, path, needs }: EventOf<'package.held'>): RunState {
  const others = (state.held ?? []).filter((each) => each.path !== path);
  return { ...state, held: [...others, { cpv, path, needs }] };
}
