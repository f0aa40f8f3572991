import { nearest, SwarmError } from '../../core/error.ts';
import type { Playbook, Step } from '../../core/playbook-model.ts';

/** Words of -t and --skip-tags that are no tag of anybody. */
const RESERVED: readonly string[] = ['all', 'tagged', 'untagged', 'always', 'never'];

/** A tag that nothing in the playbook has is a typing error, not an empty run: throws SW1203. */
export function checkTags({ name, plays }: Playbook, asked: readonly string[]): void {
  const known = new Set(plays.flatMap((play) => [...play.tags, ...tagsIn(play.steps), ...tagsIn(play.handlers)]));
  for (const tag of asked) {
    if (known.has(tag) || RESERVED.includes(tag)) continue;
    const near = nearest(tag, known);
    const there = known.size === 0 ? 'nothing in it has a tag' : `there are: ${[...known].join(', ')}`;
    throw new SwarmError('SW1203', `${name} has no tag \`${tag}\``, { hint: near === undefined ? there : `did you mean \`${near}\`?` });
  }
}

const tagsIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => [...step.tags, ...(step.kind === 'task' ? [] : tagsIn([...step.block, ...step.rescue, ...step.always]))]);
